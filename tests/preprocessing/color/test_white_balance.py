"""White balance: the colour of the light estimated, and divided out."""

import numpy as np
import pytest
from skimage import data

from featkit import WhiteBalancer, join_alpha
from featkit.preprocessing.color import estimate_illuminant, white_balance

METHODS = ["gray-world", "paper", "shades-of-gray", "white-patch"]


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
    assert estimate_illuminant(join_alpha(photo, mask), "paper").tolist() == [0, 0, 0]  # its border is transparent
    for method in set(METHODS) - {"paper"}:
        expected = estimate_illuminant(photo[50:150, 50:200], method)
        assert estimate_illuminant(join_alpha(photo, mask), method) == pytest.approx(expected, rel=1e-5)


def test_gray_images_have_no_colour_to_balance():
    gray = data.camera()
    assert (WhiteBalancer().transform([gray])[0] == gray).all()


def test_no_foreground_gives_no_light():
    empty = join_alpha(np.ones((4, 4, 3)), np.zeros((4, 4), dtype=bool))
    assert estimate_illuminant(empty).tolist() == [0, 0, 0]
    assert not white_balance(empty).any()


def test_paper_around_coloured_objects_becomes_gray():
    sheet = np.full((100, 120, 3), [0.8, 0.7, 0.5])
    sheet[20:80, 10:110] = [0.1, 0.5, 0.1]
    sheet[:20, :30] = [0.6, 0.1, 0.1]  # less than half of the border
    balanced = white_balance(sheet, "paper")
    assert estimate_illuminant(sheet, "paper") == pytest.approx([0.8, 0.7, 0.5])
    assert balanced[90, 60] == pytest.approx([2 / 3] * 3)
    assert balanced[50, 60] == pytest.approx(np.array([0.1 / 0.8, 0.5 / 0.7, 0.1 / 0.5]) * 2 / 3)


def test_light_of_a_gray_patch_is_taken_from_all_images(photo):
    photo = photo.copy()
    photo[:20, :20] = 0.4
    tinted = photo * [0.9, 1.0, 0.7]
    light = estimate_illuminant(tinted[2:18, 2:18], "gray-world")
    assert light == pytest.approx([0.36, 0.4, 0.28])
    expected = photo * light.mean() / 0.4
    assert white_balance(tinted, light=light) == pytest.approx(expected)
    assert WhiteBalancer(light=light.tolist()).fit_transform([tinted])[0] == pytest.approx(expected)


@pytest.mark.parametrize("light", [[0.5, 0.5], [0.5, 0.0, 0.5], [0.5, np.nan, 0.5]])
def test_what_is_no_light_is_refused(photo, light):
    with pytest.raises(ValueError, match="light"):
        white_balance(photo, light=light)
