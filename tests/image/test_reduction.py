import cv2
import numpy as np
import pytest

from featkit.image.reduction import reduced


@pytest.mark.parametrize("shape", [(96, 128), (96, 128, 3)])
@pytest.mark.parametrize("factor", [2, 4, 8])
def test_powers_of_two_are_means_of_squares(shape, factor):
    image = np.random.default_rng(0).random(shape, np.float32)
    cells = image.reshape(shape[0] // factor, factor, shape[1] // factor, factor, *shape[2:])
    smaller = reduced(image, (shape[1] // factor, shape[0] // factor))
    np.testing.assert_allclose(smaller, cells.mean(axis=(1, 3)), atol=1e-6)


@pytest.mark.parametrize(("shape", "size"), [((99, 128), (40, 30)), ((96, 127), (40, 30)), ((96, 128), (70, 60))])
def test_what_cannot_be_halved_is_reduced_by_opencv(shape, size):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    np.testing.assert_array_equal(reduced(image, size), cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def test_other_factors_keep_a_ramp_where_it_is():
    image = np.tile(np.arange(300, dtype=np.float32), (200, 1))
    expected = cv2.resize(image, (48, 32), interpolation=cv2.INTER_AREA)  # exact areas
    smaller = reduced(image, (48, 32))
    assert np.abs(smaller - expected).max() < 300 / 48 / 2
    assert np.abs(smaller.mean() - image.mean()) < 1e-3


def test_an_image_of_the_size_is_returned_as_it_is():
    image = np.zeros((3, 5), np.uint8)
    assert reduced(image, (5, 3)) is image
