"""Local ternary patterns: closed forms and a plain loop."""

import numpy as np
import pytest
from skimage import data

from featkit import LocalTernaryPattern, join_alpha
from featkit.features.binary_patterns import (
    local_ternary_pattern,
)
from featkit.image import flatten_alpha
from featkit.parameters import InvalidParameterError

EXTRACTORS = (LocalTernaryPattern,)


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


def histogram(labels, n_labels):
    return np.bincount(labels.ravel(), minlength=n_labels) / labels.size


def test_ternary_codes_ignore_differences_below_the_threshold():
    image = np.full((3, 3), 100, np.uint8)
    image[1, 2], image[0, 1], image[1, 0], image[2, 1] = 105, 104, 95, 96  # right, up, left, down
    row = local_ternary_pattern(image, n_points=4, threshold=5, method="default").reshape(2, 16)
    assert row.argmax(axis=1).tolist() == [0b0001, 0b0100]
    row = local_ternary_pattern(image, n_points=4, threshold=4, method="default").reshape(2, 16)
    assert row.argmax(axis=1).tolist() == [0b0011, 0b1100]


def test_ternary_sides_swap_in_the_negative(noise):
    upper, lower = local_ternary_pattern(noise).reshape(2, -1)
    assert np.array_equal(local_ternary_pattern(255 - noise), np.concatenate([lower, upper]))


def test_ternary_threshold_reaches_to_the_ends_of_the_range():
    image = np.zeros((3, 3), np.uint8)
    image[1, 2] = 255
    upper = local_ternary_pattern(image, n_points=4, threshold=255, method="default")[:16]
    assert upper.argmax() == 1
    lower = local_ternary_pattern(255 - image, n_points=4, threshold=255, method="default")[16:]
    assert lower.argmax() == 1


def test_ternary_histograms_are_those_of_a_plain_loop(noise):
    excess = naive_excess(noise, 4, 1)
    bits = 1 << np.arange(4)
    upper = ((excess >= 20) * bits).sum(axis=2)
    lower = ((excess <= -20) * bits).sum(axis=2)
    found = local_ternary_pattern(noise, n_points=4, threshold=20, method="default", grid=(2, 1))
    half = len(upper) // 2
    expected = [histogram(part, 16) for part in (upper[:half], lower[:half], upper[half:], lower[half:])]
    np.testing.assert_allclose(found, np.ravel(expected), rtol=1e-6)


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


@pytest.mark.parametrize("extractor", EXTRACTORS)
@pytest.mark.parametrize("grid", [(0, 1), (1,), (1, 2, 3), ("a", 1), (1.5, 1)])
def test_a_grid_is_two_counts(extractor, grid, noise):
    with pytest.raises(InvalidParameterError, match="grid"):
        extractor(grid=grid).fit([noise]).transform([noise])
