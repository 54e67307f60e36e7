"""Local binary patterns: closed forms, a plain loop, scikit-image."""

import hashlib

import numpy as np
import pytest
from skimage import data
from skimage.feature import local_binary_pattern as skimage_codes

from featkit import LocalBinaryPattern, LocalTernaryPattern, MultiBlockLBP, join_alpha
from featkit.features.binary_patterns import (
    local_binary_pattern,
    local_binary_pattern_codes,
    local_binary_pattern_names,
    local_ternary_pattern,
    multi_block_lbp_codes,
)
from featkit.image import flatten_alpha
from featkit.parameters import InvalidParameterError

METHODS = ("default", "uniform", "ror", "nri_uniform")
EXTRACTORS = (LocalBinaryPattern,)
RING = ((1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2))


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 256, (40, 37), dtype=np.uint8)


def naive_excess(image, n_points, radius):
    """Gray level of every neighbour minus that of its pixel, (height - 2 m, width - 2 m, n_points), in float64."""
    margin = int(np.ceil(radius))
    height, width = image.shape
    excess = np.zeros((height - 2 * margin, width - 2 * margin, n_points))
    for row in range(margin, height - margin):
        for col in range(margin, width - margin):
            for k in range(n_points):
                angle = 2 * np.pi * k / n_points
                y, x = np.round(row - radius * np.sin(angle), 9), np.round(col + radius * np.cos(angle), 9)
                top, left = int(np.floor(y)), int(np.floor(x))
                value = 0.0
                for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
                    weight = (1 - abs(y - top - i)) * (1 - abs(x - left - j))
                    if weight > 0:
                        value += weight * image[top + i, left + j]
                excess[row - margin, col - margin, k] = value - image[row, col]
    return excess


def naive_label(bits, method):
    """Label of one code, its bits given as a list, by the definitions alone."""
    n = len(bits)
    value = sum(bit << k for k, bit in enumerate(bits))
    if method == "default":
        return value
    rotations = [sum(bits[(k + turn) % n] << k for k in range(n)) for turn in range(n)]
    if method == "ror":
        return min(rotations)
    changes = sum(bits[k] != bits[k - 1] for k in range(n))
    if method == "uniform":
        return sum(bits) if changes <= 2 else n + 1
    if changes > 2:
        return n * (n - 1) + 2
    if sum(bits) in (0, n):
        return 0 if sum(bits) == 0 else n * (n - 1) + 1
    start = next(k for k in range(n) if bits[k] and not bits[k - 1])
    return 1 + (sum(bits) - 1) * n + (n - start) % n


def histogram(labels, n_labels):
    return np.bincount(labels.ravel(), minlength=n_labels) / labels.size


@pytest.mark.parametrize("radius", [1, 1.5, 2, 3.7])
@pytest.mark.parametrize("n_points", [4, 8, 13, 24])
def test_every_neighbour_of_a_flat_area_counts_as_equal(n_points, radius):
    flat = np.full((12, 12), 77, np.uint8)
    labels = local_binary_pattern_codes(flat, n_points=n_points, radius=radius, method="uniform")
    assert np.all(labels == n_points)


@pytest.mark.parametrize(("k", "place"), list(enumerate(RING)))
def test_bit_k_is_the_kth_neighbour_counterclockwise_from_the_right(k, place):
    image = np.zeros((3, 3), np.uint8)
    image[1, 1] = 10
    image[place] = 20
    assert local_binary_pattern_codes(image).tolist() == [[1 << k]]
    assert multi_block_lbp_codes(image, block_size=1).tolist() == [[1 << k]]


@pytest.mark.parametrize(("method", "count"), [("default", 256), ("uniform", 10), ("ror", 36), ("nri_uniform", 59)])
def test_number_of_labels_of_eight_points_is_that_of_the_literature(noise, method, count):
    assert local_binary_pattern(noise, method=method).shape == (count,)
    assert len(local_binary_pattern_names(method=method)) == count


def test_codes_exist_only_where_all_neighbours_do(noise):
    for radius, margin in ((1, 1), (1.5, 2), (2, 2), (2.1, 3)):
        assert local_binary_pattern_codes(noise, radius=radius).shape == (40 - 2 * margin, 37 - 2 * margin)


def test_codes_do_not_change_under_a_brightening_curve_where_neighbours_are_pixels(noise):
    curve = np.sqrt(np.arange(256) / 255)
    brighter = np.rint(curve * 65535).astype(np.uint16)[noise // 4]
    assert len(np.unique(brighter // 257)) == 64  # the curve must not merge levels
    darker = noise // 4
    assert np.array_equal(
        local_binary_pattern_codes(brighter, n_points=4), local_binary_pattern_codes(darker, n_points=4)
    )


@pytest.mark.parametrize("method", ["uniform", "ror"])
def test_rotation_invariant_histograms_of_a_quarter_turn_are_equal(noise, method):
    for turns in (1, 2, 3):
        turned = np.rot90(noise, turns)
        assert np.array_equal(local_binary_pattern(turned, method=method), local_binary_pattern(noise, method=method))
    assert not np.array_equal(
        local_binary_pattern(np.rot90(noise), method="default"), local_binary_pattern(noise, method="default")
    )


@pytest.mark.parametrize(("n_points", "radius"), [(8, 1), (8, 1.5), (16, 2), (5, 2.3), (24, 3)])
def test_codes_are_those_of_a_plain_loop_but_for_ties(noise, n_points, radius):
    image = np.concatenate([noise, noise // 64 * 64])  # the lower half has many ties
    excess = naive_excess(image, n_points, radius)
    codes = local_binary_pattern_codes(image, n_points=n_points, radius=radius).astype(np.int64)
    bits = codes[..., np.newaxis] >> np.arange(n_points) & 1
    clear = np.abs(excess) > 0.13
    assert clear.mean() > 0.8
    assert np.array_equal(bits[clear], excess[clear] >= 0)
    flat = np.abs(excess) < 1e-9
    at_pixels = np.isclose((radius * np.exp(2j * np.pi * np.arange(n_points) / n_points)).real % 1, 0)
    assert bits[flat & at_pixels].all()


@pytest.mark.parametrize("n_points", [3, 8])
@pytest.mark.parametrize("method", METHODS)
def test_labels_are_those_of_the_definitions(noise, n_points, method):
    codes = local_binary_pattern_codes(noise, n_points=n_points)
    labels = local_binary_pattern_codes(noise, n_points=n_points, method=method)
    expected = [naive_label([code >> k & 1 for k in range(n_points)], method) for code in codes.ravel().tolist()]
    if method == "ror":
        every = {naive_label([code >> k & 1 for k in range(n_points)], "ror") for code in range(1 << n_points)}
        expected = np.searchsorted(sorted(every), expected)
    assert np.array_equal(labels.ravel(), expected)


@pytest.mark.parametrize("method", METHODS)
def test_histograms_count_the_labels_of_every_cell(noise, method):
    n_labels = len(local_binary_pattern_names(method=method))
    labels = local_binary_pattern_codes(noise, method=method)
    rows = np.arange(4) * labels.shape[0] // 3
    cols = np.arange(3) * labels.shape[1] // 2
    expected = [
        histogram(labels[rows[i] : rows[i + 1], cols[j] : cols[j + 1]], n_labels) for i in range(3) for j in range(2)
    ]
    found = local_binary_pattern(noise, method=method, grid=(3, 2))
    np.testing.assert_allclose(found, np.ravel(expected), rtol=1e-6)
    np.testing.assert_allclose(found.reshape(6, -1).sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_codes_of_eight_points_at_radius_one_equal_those_of_skimage(method):
    image = data.camera()
    expected = skimage_codes(image, 8, 1, method)[1:-1, 1:-1]
    if method == "ror":
        every = sorted({min((c >> t | c << 8 - t) & 255 for t in range(8)) for c in range(256)})
        expected = np.searchsorted(every, expected)
    assert np.array_equal(local_binary_pattern_codes(image, method=method), expected)


@pytest.mark.parametrize(("n_points", "radius"), [(16, 2), (24, 3), (8, 1.5)])
def test_codes_differ_from_those_of_skimage_only_near_ties(n_points, radius):
    image = data.camera()[150:200, 150:210]
    margin = int(np.ceil(radius))
    theirs = skimage_codes(image, n_points, radius, "default")[margin:-margin, margin:-margin].astype(np.int64)
    ours = local_binary_pattern_codes(image, n_points=n_points, radius=radius).astype(np.int64)
    differ = (ours ^ theirs)[..., np.newaxis] >> np.arange(n_points) & 1
    assert np.abs(naive_excess(image, n_points, radius)[differ == 1]).max() < 0.13
    assert np.mean(ours != theirs) < 0.03


def test_codes_are_the_same_bits_on_every_machine():
    row, col = np.ogrid[:96, :96]
    image = ((row * row * 3 + col * col * 5 + row * col * 7) % 251).astype(np.uint8)
    digest = hashlib.sha256()
    for n_points, radius in ((8, 1), (8, 1.5), (16, 2), (24, 3)):
        digest.update(local_binary_pattern_codes(image, n_points=n_points, radius=radius).astype("<u4").tobytes())
    digest.update(multi_block_lbp_codes(image).tobytes())
    digest.update(local_ternary_pattern(image).astype("<f4").tobytes())
    assert digest.hexdigest() == "2db6be8ac06ead84e74d605b0c140aaafe230b6984ec66bd3203363e59354d70"


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_dtypes_of_one_image_give_the_same_bits(extractor):
    image = data.astronaut()[:60, 100:170]
    expected = extractor().transform([image])
    for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
        assert np.array_equal(extractor().transform([same]), expected)


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("background", [0.0, 0.6, "mean"])
def test_alpha_is_laid_on_the_background(extractor, background):
    rng = np.random.default_rng(1)
    image = rng.integers(0, 256, (30, 30, 3), dtype=np.uint8)
    alpha = rng.integers(0, 256, (30, 30), dtype=np.uint8)
    picture = join_alpha(image, alpha)
    expected = extractor().transform([flatten_alpha(picture, background)])
    assert np.array_equal(extractor(background=background).transform([picture]), expected)


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_stack_and_list_of_unequal_images_give_the_same_rows(extractor, noise):
    stack = np.stack([noise, noise[::-1], 255 - noise])
    rows = extractor(grid=(2, 3), method="nri_uniform").transform(stack)
    mixed = extractor(grid=(2, 3), method="nri_uniform").transform([*stack, noise[:20]])
    assert np.array_equal(mixed[:3], rows)
    assert rows.shape[1] == len(extractor(grid=(2, 3), method="nri_uniform").get_feature_names_out())


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_images_too_small_for_codes_give_nan(extractor):
    for shape in ((1, 1), (2, 9), (9, 2)):
        row = extractor().transform([np.zeros(shape, np.uint8)])
        assert np.isnan(row).all()


def test_cells_without_codes_are_nan(noise):
    cells = local_binary_pattern(noise[:4, :4], grid=(3, 3)).reshape(3, 3, -1)
    assert np.isnan(cells).all(axis=2).sum() == 5
    assert np.isfinite(cells).all(axis=2).sum() == 4


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("grid", [(0, 1), (1,), (1, 2, 3), ("a", 1), (1.5, 1)])
def test_a_grid_is_two_counts(extractor, grid, noise):
    with pytest.raises(InvalidParameterError, match="grid"):
        extractor(grid=grid).fit([noise]).transform([noise])


def test_names_tell_the_parameters():
    names = LocalBinaryPattern(n_points=16, radius=2.5, method="uniform", grid=(1, 2)).get_feature_names_out()
    assert names[0] == "lbp_uniform_p16_r2_5_row0_col0_00"
    assert names[-1] == "lbp_uniform_p16_r2_5_row0_col1_17"
    assert LocalTernaryPattern().get_feature_names_out()[10] == "ltp_uniform_p8_r1_t5_lower_0"
    assert MultiBlockLBP().get_feature_names_out()[9] == "mblbp_uniform_b3_9"
