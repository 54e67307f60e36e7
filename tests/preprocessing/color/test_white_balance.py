"""White balance: the colour of the light estimated, and divided out."""

import numpy as np
import pytest
from skimage import data

from featkit import WhiteBalancer, join_alpha
from featkit.preprocessing.color import estimate_illuminant, white_balance

METHODS = ["gray-world", "shades-of-gray", "white-patch"]


@pytest.fixture(scope="module")
def photo():
    return data.coffee()[100:300, 100:400] / 255 * 0.6


def test_estimates_are_their_formulas(photo):
    planes = photo.reshape(-1, 3)
    assert estimate_illuminant(photo, "gray-world") == pytest.approx(planes.mean(axis=0), rel=1e-5)
    assert estimate_illuminant(photo, "white-patch") == pytest.approx(planes.max(axis=0))
    assert estimate_illuminant(photo, order=4) == pytest.approx((planes**4).mean(axis=0) ** 0.25, rel=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_coloured_light_is_taken_away_whatever_its_colour(photo, method):
    light = np.array([1.0, 0.8, 0.6])
    plain, tinted = white_balance(photo, method), white_balance(photo * light, method)
    ratio = tinted[plain.max(axis=2) < 0.9] / np.maximum(plain[plain.max(axis=2) < 0.9], 1e-6)
    visible = ratio[(ratio > 0).all(axis=1)]
    assert visible.std(axis=0).max() < 1e-3
    assert np.ptp(visible.mean(axis=0)) < 1e-3


@pytest.mark.parametrize("method", METHODS)
def test_after_balancing_the_light_is_gray(photo, method):
    balanced = white_balance(photo * [0.9, 1.0, 0.7], method)
    assert np.ptp(estimate_illuminant(balanced, method)) < 0.02


def test_what_is_transparent_does_not_vote(photo):
    mask = np.zeros(photo.shape[:2], dtype=bool)
    mask[50:150, 50:200] = True
    for method in METHODS:
        expected = estimate_illuminant(photo[50:150, 50:200], method)
        assert estimate_illuminant(join_alpha(photo, mask), method) == pytest.approx(expected, rel=1e-5)


def test_gray_pictures_have_no_colour_to_balance():
    gray = data.camera()
    assert (WhiteBalancer().transform([gray])[0] == gray).all()


def test_no_foreground_gives_no_light():
    empty = join_alpha(np.ones((4, 4, 3)), np.zeros((4, 4), dtype=bool))
    assert estimate_illuminant(empty).tolist() == [0, 0, 0]
    assert not white_balance(empty).any()
