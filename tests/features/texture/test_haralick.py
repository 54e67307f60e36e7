"""Haralick features: closed forms, naive formulas, mahotas, scikit-image."""

from fractions import Fraction

import mahotas
import numpy as np
import pytest
from skimage import data
from skimage.feature import graycomatrix, graycoprops

from featkit import Haralick, join_alpha
from featkit.features.texture import cooccurrence_matrix, haralick, haralick_names
from featkit.parameters import InvalidParameterError

N_STATISTICS = 13


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 256, (30, 41), dtype=np.uint8)


def named(image, **parameters):
    names = [name.removeprefix("haralick_d1_") for name in haralick_names()]
    return dict(zip(names, haralick(image, **parameters)))


def naive_matrix(levels, n_levels, row_step, col_step):
    matrix = np.zeros((n_levels, n_levels))
    height, width = levels.shape
    for row in range(height):
        for col in range(width):
            other_row, other_col = row + row_step, col + col_step
            if other_row < height and 0 <= other_col < width:
                first, second = levels[row, col], levels[other_row, other_col]
                if first >= 0 and second >= 0:
                    matrix[first, second] += 1
                    matrix[second, first] += 1
    return matrix / matrix.sum()


def naive_entropy(shares):
    shares = np.ravel(shares)
    return -sum(share * np.log2(share) for share in shares if share > 0)


def naive_statistics(p):
    """The thirteen formulas over full matrices."""
    i, j = np.indices(p.shape)
    levels, px, py = np.arange(len(p)), p.sum(axis=1), p.sum(axis=0)
    mean_x, mean_y = px @ levels, py @ levels
    std_x, std_y = np.sqrt(px @ (levels - mean_x) ** 2), np.sqrt(py @ (levels - mean_y) ** 2)
    totals = np.array([p[i + j == k].sum() for k in range(2 * len(p) - 1)])
    differences = np.array([p[np.abs(i - j) == k].sum() for k in levels])
    sum_average, mean_difference = totals @ np.arange(len(totals)), differences @ levels
    outer = np.outer(px, py)
    safe = np.where(outer > 0, outer, 1)
    entropy, cross, product = naive_entropy(p), -(p * np.log2(safe)).sum(), -(outer * np.log2(safe)).sum()
    return [
        (p**2).sum(),
        ((i - j) ** 2 * p).sum(),
        ((i - mean_x) * (j - mean_y) * p).sum() / (std_x * std_y),
        ((i - mean_x) ** 2 * p).sum(),
        (p / (1 + (i - j) ** 2)).sum(),
        sum_average,
        totals @ (np.arange(len(totals)) - sum_average) ** 2,
        naive_entropy(totals),
        entropy,
        differences @ (levels - mean_difference) ** 2,
        naive_entropy(differences),
        (entropy - cross) / max(naive_entropy(px), naive_entropy(py)),
        np.sqrt(max(0, 1 - np.exp(-2 * (product - entropy)))),
    ]


def test_flat_image():
    row = named(np.full((9, 9), 200, np.uint8), n_levels=8)
    one = {"angular_second_moment_mean", "correlation_mean", "inverse_difference_moment_mean"}
    for name, value in row.items():
        expected = 12 if name == "sum_average_mean" else float(name in one)  # level 200 * 8 // 256 = 6
        assert value == pytest.approx(expected, abs=1e-12), name


def test_flat_images_of_all_sizes_have_no_variance_and_tell_nothing():
    for n_pairs in range(1, 400):  # n * (1 / n) is not 1 in floating point for 49, 98, 103, ...
        row = named(np.full((1, n_pairs + 1), 200, np.uint8), angles=[0])
        assert row["correlation_mean"] == row["angular_second_moment_mean"] == 1, n_pairs
        assert row["variance_mean"] == row["entropy_mean"] == row["information_correlation_1_mean"] == 0, n_pairs


def test_the_correlation_of_a_nearly_flat_bright_image_does_not_cancel():
    """Of 999 * 1000 pairs along the rows, one has two pixels of the other level and two have one."""
    image = np.full((1000, 1000), 250, np.uint8)
    image[500, 500:502] = 251
    n_pairs = 999 * 1000
    share = Fraction(2, n_pairs)  # of level 251, on either side of a pair
    exact = (Fraction(1, n_pairs) - share**2) / (share - share**2)
    assert named(image, n_levels=256, angles=[0])["correlation_mean"] == pytest.approx(float(exact), abs=1e-12)


@pytest.mark.parametrize("n_levels", [np.uint8(255), np.int16(256)])
def test_numpys_small_integers_are_numbers(n_levels):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), dtype=np.uint8)
    np.testing.assert_array_equal(haralick(noise, n_levels=n_levels), haralick(noise, n_levels=int(n_levels)))
    assert cooccurrence_matrix(noise, n_levels=n_levels).shape == (int(n_levels),) * 2


def test_upright_stripes():
    stripes = np.tile(np.array([0, 255], np.uint8), (9, 4))
    across = named(stripes, n_levels=2, angles=[0])
    assert across["contrast_mean"] == pytest.approx(1)
    assert across["correlation_mean"] == pytest.approx(-1)
    assert across["entropy_mean"] == pytest.approx(1)
    assert across["information_correlation_1_mean"] == pytest.approx(-1)
    assert across["information_correlation_2_mean"] == pytest.approx(np.sqrt(1 - np.exp(-2)))
    along = named(stripes, n_levels=2, angles=[90])
    assert along["contrast_mean"] == pytest.approx(0)
    assert along["correlation_mean"] == pytest.approx(1)


def test_neighbours_of_independent_noise_tell_nothing_of_each_other():
    noise = np.random.default_rng(0).integers(0, 256, (400, 400), dtype=np.uint8)
    row = named(noise, n_levels=4)
    assert row["correlation_mean"] == pytest.approx(0, abs=0.01)
    assert row["information_correlation_1_mean"] == pytest.approx(0, abs=1e-3)
    assert row["entropy_mean"] == pytest.approx(4, abs=1e-3)
    assert row["contrast_mean"] == pytest.approx(2.5, abs=0.02)  # E (i - j)^2 of two uniform levels 0..3


def test_quarter_turn_changes_nothing_over_all_directions(noise):
    np.testing.assert_allclose(haralick(np.rot90(noise)), haralick(noise), rtol=1e-10, atol=1e-12)


def test_range_is_largest_minus_smallest_over_the_directions(noise):
    image = np.sort(noise, axis=1)
    single = np.array([haralick(image, angles=[angle])[:N_STATISTICS] for angle in (0, 45, 90, 135)])
    expected = np.concatenate([single.mean(axis=0), np.ptp(single, axis=0)])
    np.testing.assert_allclose(haralick(image), expected, rtol=1e-12, atol=1e-12)
    assert np.all(expected[N_STATISTICS:] > 0)


@pytest.mark.parametrize("shape", [(40, 37), (3, 37), (40, 5), (7, 7)])
@pytest.mark.parametrize("angles", [(0, 45, 90, 135), (20, 60, 90, 110, 170), (10, 45, 135), tuple(range(0, 180, 20))])
def test_mean_and_range_are_those_of_the_directions_one_by_one(noise, shape, angles):
    image, distances = noise[: shape[0], : shape[1]], (1, 2, 6)
    alone = np.array(
        [haralick(image, distances=distances, angles=(angle,)).reshape(3, 2, 13)[:, 0] for angle in angles]
    )
    together = haralick(image, distances=distances, angles=angles).reshape(3, 2, 13)
    has_pairs = ~np.isnan(alone).all(axis=(0, 2))
    assert (np.isnan(together).all(axis=(1, 2)) == ~has_pairs).all()
    alone = alone[:, has_pairs]
    assert together[has_pairs, 0] == pytest.approx(np.nanmean(alone, axis=0))
    assert together[has_pairs, 1] == pytest.approx(np.nanmax(alone, axis=0) - np.nanmin(alone, axis=0), abs=1e-12)


@pytest.mark.parametrize("n_levels", [2, 7, 32])
@pytest.mark.parametrize(
    ("distance", "angle", "step"),
    [(1, 0, (0, 1)), (1, 45, (1, 1)), (1, 90, (1, 0)), (1, 135, (1, -1)), (3, 135, (3, -3)), (4, 30, (2, 4))],
)
def test_statistics_are_those_of_the_formulas(noise, n_levels, distance, angle, step):
    image = noise // 2 + np.linspace(0, 120, noise.shape[1]).astype(np.uint8)
    p = naive_matrix(image.astype(int) * n_levels // 256, n_levels, *step)
    np.testing.assert_allclose(cooccurrence_matrix(image, n_levels=n_levels, distance=distance, angle=angle), p)
    found = haralick(image, n_levels=n_levels, distances=[distance], angles=[angle])
    np.testing.assert_allclose(found[:N_STATISTICS], naive_statistics(p), rtol=1e-9, atol=1e-9)
    assert np.all(found[N_STATISTICS:] == 0)


def test_pairs_with_an_end_outside_the_foreground_do_not_count(noise):
    rng = np.random.default_rng(1)
    alpha = rng.choice(np.array([0, 127, 128, 255], np.uint8), noise.shape)
    p = naive_matrix(np.where(alpha >= 128, noise.astype(int) * 16 // 256, -1), 16, 0, 1)
    found = haralick(join_alpha(noise, alpha), n_levels=16, angles=[0])
    np.testing.assert_allclose(found[:N_STATISTICS], naive_statistics(p), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("image", [data.camera()[::3, ::3], data.coins(), data.brick()[:90, :120]])
@pytest.mark.parametrize("distance", [1, 2])
def test_statistics_equal_those_of_mahotas(image, distance):
    expected = mahotas.features.haralick(image, return_mean_ptp=True, use_x_minus_y_variance=True, distance=distance)
    found = haralick(image, n_levels=256, distances=[distance])
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


def test_foreground_statistics_equal_those_of_mahotas_without_zeros():
    image = np.maximum(data.coins()[:100, :120], 1)
    row, col = np.ogrid[:100, :120]
    inside = np.hypot(row - 50, col - 60) < 40
    expected = mahotas.features.haralick(
        np.where(inside, image, 0), ignore_zeros=True, return_mean_ptp=True, use_x_minus_y_variance=True
    )
    found = haralick(join_alpha(image, inside), n_levels=256)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


def test_matrix_and_statistics_equal_those_of_skimage():
    image = data.brick()[:60, :80]
    levels = image.astype(np.uint16) * 32 // 256
    matrices = graycomatrix(levels.astype(np.uint8), [1], np.deg2rad([0, 45, 90, 135]), 32, symmetric=True, normed=True)
    for k, angle in enumerate((0, 45, 90, 135)):
        np.testing.assert_allclose(cooccurrence_matrix(image, angle=angle), matrices[:, :, 0, k], rtol=1e-12)
    row = named(image)
    for ours, theirs in (
        ("angular_second_moment", "ASM"),
        ("contrast", "contrast"),
        ("correlation", "correlation"),
        ("variance", "variance"),
        ("inverse_difference_moment", "homogeneity"),
    ):
        expected = graycoprops(matrices, theirs)
        assert row[f"{ours}_mean"] == pytest.approx(expected.mean()), ours
        assert row[f"{ours}_range"] == pytest.approx(np.ptp(expected)), ours


def test_dtypes_of_one_image_give_the_same_row():
    image = data.astronaut()[:60, 100:170]
    expected = haralick(image)
    for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
        assert np.array_equal(haralick(same), expected)


def test_directions_without_a_pair_are_left_out():
    row = np.arange(0, 200, 20, dtype=np.uint8)[np.newaxis]
    np.testing.assert_array_equal(haralick(row), haralick(row, angles=[0]))


def test_images_without_a_pair_give_nan(noise):
    clear = join_alpha(noise, np.zeros(noise.shape, bool))
    for image in (noise[:1, :1], clear, np.zeros((5, 5), bool)):
        assert np.isnan(haralick(image)).all()
    assert np.isnan(cooccurrence_matrix(clear)).all()


def test_distances_beyond_the_image_give_nan(noise):
    rows = haralick(noise, distances=[2, 50]).reshape(2, -1)
    assert np.isfinite(rows[0]).all()
    assert np.isnan(rows[1]).all()


def test_rows_of_a_batch_of_unequal_images(noise):
    images = [noise, noise[:9], np.dstack([noise] * 3)]
    rows = Haralick(distances=(1, 12), n_levels=16).transform(images)
    expected = [haralick(image, distances=(1, 12), n_levels=16) for image in images]
    np.testing.assert_array_equal(rows, expected)
    names = Haralick(distances=(1, 12)).get_feature_names_out()
    assert rows.shape == (3, len(names))
    assert names[1] == "haralick_d01_contrast_mean"
    assert names[-1] == "haralick_d12_information_correlation_2_range"


@pytest.mark.parametrize(
    "parameters", [{"distances": [0]}, {"distances": []}, {"distances": [1.5]}, {"distances": [1, 1]}]
)
def test_distances_are_distinct_counts(noise, parameters):
    with pytest.raises(InvalidParameterError, match="distances"):
        Haralick(**parameters).fit_transform([noise])


@pytest.mark.parametrize("angles", [[180], [-45], [], ["0"], [0, 0]])
def test_angles_are_distinct_degrees_of_a_half_turn(noise, angles):
    with pytest.raises(InvalidParameterError, match="angles"):
        Haralick(angles=angles).fit_transform([noise])
