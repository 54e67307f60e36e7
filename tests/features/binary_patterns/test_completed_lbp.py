"""CompletedLBP: sign, size and center of local differences."""

import numpy as np
import pytest
from skimage import data

from featkit import CompletedLBP
from featkit.features.binary_patterns import completed_lbp, completed_lbp_names, local_binary_pattern
from featkit.parameters import InvalidParameterError


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 256, (30, 27), dtype=np.uint8)


def neighbours(image, n_points, radius):
    """Gray level of every neighbour (height - 2 m, width - 2 m, n_points), bilinear, in float64."""
    margin = int(np.ceil(radius))
    rows, cols = np.mgrid[margin : image.shape[0] - margin, margin : image.shape[1] - margin]
    values = []
    for k in range(n_points):
        angle = 2 * np.pi * k / n_points
        place = np.round([rows - radius * np.sin(angle), cols + radius * np.cos(angle)], 9)
        (top, left), (down, right) = np.floor(place).astype(int), place % 1
        below, beside = np.minimum(top + 1, image.shape[0] - 1), np.minimum(left + 1, image.shape[1] - 1)
        upper = (1 - right) * image[top, left] + right * image[top, beside]
        lower = (1 - right) * image[below, left] + right * image[below, beside]
        values.append((1 - down) * upper + down * lower)
    return np.stack(values, axis=-1), image[rows, cols].astype(float)


# Closed forms


def test_one_strong_edge_sets_the_sizes_across_it_only():
    image = np.zeros((8, 20), np.uint8)
    image[:, 10:] = 200
    options = {"n_points": 4, "method": "default", "joint": False}
    signs, sizes, centers = np.split(completed_lbp(image, **options), [16, 32])
    right, left = 0b0001, 0b0100
    assert sizes[right] == sizes[left] == pytest.approx(1 / 18)  # the columns on either side of the edge
    assert sizes[0] == pytest.approx(16 / 18)
    assert signs[0b1111] == pytest.approx(17 / 18)
    assert signs[0b1011] == pytest.approx(1 / 18)  # the first bright column: darker on its left
    assert centers == pytest.approx([0.5, 0.5])


def test_in_a_flat_image_every_difference_equals_the_mean():
    row = completed_lbp(np.full((9, 9), 70, np.uint8))
    assert row[completed_lbp_names().index("clbp_uniform_p8_r1_8_8_1")] == 1


def test_light_and_contrast_change_nothing(noise):
    faint = noise // 4
    for changed in (faint + 40, faint * 2, faint * 3 + 60):
        assert np.array_equal(completed_lbp(changed), completed_lbp(faint))


# Oracle


@pytest.mark.parametrize(("n_points", "radius"), [(4, 1), (8, 1), (6, 2.5)])
def test_histograms_are_those_of_plain_loops(noise, n_points, radius):
    image = np.concatenate([noise, noise // 32 * 32])
    around, center = neighbours(image, n_points, radius)
    size = np.abs(around - center[..., np.newaxis])
    near_tie = (np.abs(around - center[..., np.newaxis]) < 0.2) | (np.abs(size - size.mean()) < 0.2)
    weights = 1 << np.arange(n_points)
    codes = ((around >= center[..., np.newaxis]) @ weights, (size >= size.mean()) @ weights, center >= center.mean())
    options = {"n_points": n_points, "radius": radius, "method": "default"}
    joint = completed_lbp(image, **options).reshape(1 << n_points, 1 << n_points, 2)
    expected = np.zeros(joint.shape)
    np.add.at(expected, tuple(np.ravel(code).astype(int) for code in codes), 1 / center.size)
    uncertain = near_tie.any(axis=2).mean() if n_points > 4 else 0  # the four nearest neighbours are pixels: exact
    assert uncertain < 0.5
    assert np.abs(joint - expected).sum() <= 2 * uncertain + 1e-5
    separate = np.split(completed_lbp(image, joint=False, **options), [1 << n_points, 2 << n_points])
    for axis, histogram in enumerate(separate):
        others = tuple(other for other in range(3) if other != axis)
        assert histogram == pytest.approx(joint.sum(axis=others), abs=1e-5)


def test_signs_are_the_local_binary_pattern():
    image = data.brick()[:100, :120]
    for method in ("uniform", "nri_uniform"):
        pattern = local_binary_pattern(image, method=method, grid=(2, 3)).reshape(6, -1)
        completed = completed_lbp(image, method=method, grid=(2, 3), joint=False).reshape(6, -1)
        assert np.array_equal(completed[:, : pattern.shape[1]], pattern)
        assert completed[:, -2:].sum(axis=1) == pytest.approx(np.ones(6))


def test_sizes_tell_apart_what_signs_cannot():
    """The left half of both images is the same, but on the right one has stronger contrast."""
    rng = np.random.default_rng(1)
    signs = rng.integers(0, 2, (40, 40))
    even, uneven = 100 + 20 * signs, 100 + 20 * signs * np.where(np.arange(40) < 20, 1, 4)
    patterns = [local_binary_pattern(image.astype(np.uint8), grid=(1, 4)).reshape(4, -1) for image in (even, uneven)]
    completed = [completed_lbp(image.astype(np.uint8), grid=(1, 4)).reshape(4, -1) for image in (even, uneven)]
    assert np.abs(patterns[0] - patterns[1])[[0, 3]].max() < 1e-6
    assert np.abs(completed[0] - completed[1])[[0, 3]].max() > 0.1


# Kinds of images


def test_too_many_combinations_are_refused():
    for make in (
        lambda: completed_lbp(np.zeros((20, 20)), n_points=13, method="default"),
        lambda: completed_lbp_names(n_points=13, method="default"),
        lambda: CompletedLBP(n_points=13, method="default").fit_transform(np.zeros((1, 20, 20))),
    ):
        with pytest.raises(
            InvalidParameterError, match="at most 1000000 combinations of labels.*134217728.*joint=False"
        ):
            make()
    assert len(completed_lbp(np.zeros((20, 20)), n_points=13, method="default", joint=False)) == 2 * 2**13 + 2


def test_a_pixel_as_bright_as_the_mean_is_bright_and_the_mean_is_exact():
    """Of nine pixels with codes one has level 1, so that the mean is 1/9: the eight of level 0 lie below it."""
    image = np.zeros((5, 5), np.uint8)
    image[2, 2] = 1
    assert completed_lbp(image, joint=False)[-2:] == pytest.approx([8 / 9, 1 / 9])


def test_names_tell_the_three_labels():
    names = completed_lbp_names(grid=(1, 2))
    assert len(names) == 400
    assert names[0] == "clbp_uniform_p8_r1_row0_col0_0_0_0"
    assert CompletedLBP(joint=False).get_feature_names_out()[[0, 10, 21]].tolist() == [
        "clbp_uniform_p8_r1_sign_0",
        "clbp_uniform_p8_r1_size_0",
        "clbp_uniform_p8_r1_center_1",
    ]


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (9, 2)])
@pytest.mark.parametrize("joint", [True, False])
def test_images_too_small_for_codes_give_nan(shape, joint):
    row = CompletedLBP(joint=joint).transform([np.zeros(shape, np.uint8)])
    assert row.shape[1] == len(completed_lbp_names(joint=joint))
    assert np.isnan(row).all()
