"""Multi-block local binary patterns: enlarged pixels, a plain loop, scikit-image."""

import numpy as np
import pytest
from skimage import data
from skimage.feature import multiblock_lbp
from skimage.transform import integral_image

from featkit import MultiBlockLBP, join_alpha
from featkit.features.binary_patterns import (
    multi_block_lbp,
    multi_block_lbp_codes,
)
from featkit.image import flatten_alpha
from featkit.parameters import InvalidParameterError

EXTRACTORS = (MultiBlockLBP,)
RING = ((1, 2), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2))


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).integers(0, 256, (40, 37), dtype=np.uint8)


def histogram(labels, n_labels):
    return np.bincount(labels.ravel(), minlength=n_labels) / labels.size


def test_blocks_of_enlarged_pixels_give_the_codes_of_the_pixels(noise):
    enlarged = np.kron(noise, np.ones((3, 3), np.uint8))
    codes = multi_block_lbp_codes(enlarged, block_size=3)
    assert np.array_equal(codes[::3, ::3], multi_block_lbp_codes(noise, block_size=1))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_block_codes_are_those_of_a_plain_loop(noise, size):
    image = noise // 32 * 32  # with ties
    codes = multi_block_lbp_codes(image, block_size=size)
    assert codes.shape == (40 - 3 * size + 1, 37 - 3 * size + 1)
    for row in range(codes.shape[0]):
        for col in range(codes.shape[1]):
            nine = image[row : row + 3 * size, col : col + 3 * size].reshape(3, size, 3, size).sum(axis=(1, 3))
            assert codes[row, col] == sum(int(nine[place] >= nine[1, 1]) << k for k, place in enumerate(RING))


def test_block_histogram_counts_its_codes(noise):
    labels = multi_block_lbp_codes(noise, block_size=2, method="nri_uniform")
    expected = histogram(labels, 59)
    np.testing.assert_allclose(multi_block_lbp(noise, block_size=2, method="nri_uniform"), expected, rtol=1e-6)


@pytest.mark.parametrize("size", [1, 3])
def test_block_codes_equal_those_of_skimage_up_to_the_order_of_bits(noise, size):
    theirs_to_ours = [3, 2, 1, 0, 7, 6, 5, 4]  # clockwise from the upper left, highest bit first
    integral = integral_image(noise)
    codes = multi_block_lbp_codes(noise, block_size=size)
    for row in range(0, codes.shape[0], 5):
        for col in range(0, codes.shape[1], 4):
            theirs = multiblock_lbp(integral, row, col, size, size)
            expected = sum((theirs >> 7 - k & 1) << bit for k, bit in enumerate(theirs_to_ours))
            assert codes[row, col] == expected


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
