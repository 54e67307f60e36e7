"""Drawn colour cards: the colours that are said to be there are there."""

import numpy as np
import pytest

from featkit.datasets import make_color_cards
from featkit.image.colorspaces import linear_to_srgb, srgb_to_linear
from featkit.preprocessing.color._card_references import reference_colors

PLAIN = {"noise": 0, "random_state": 0}


def at(image, positions):
    row, col = np.rint(positions).astype(int).T
    return image[row, col]


@pytest.mark.parametrize("tilt", [0, 40])
def test_patches_and_disks_have_their_colors_where_they_are_said_to_be(tilt):
    cards = make_color_cards(4, tilt=tilt, **PLAIN)
    patches = linear_to_srgb(0.95 * np.clip(reference_colors("2014"), 0, 1))
    for image, positions, swatches, colors in zip(
        cards.images, cards.positions, cards.swatch_positions, cards.swatch_colors
    ):
        assert at(image, positions) / 255 == pytest.approx(patches, abs=0.003)
        assert at(image, swatches) / 255 == pytest.approx(linear_to_srgb(0.95 * srgb_to_linear(colors)), abs=0.003)


def test_tilt_is_perspective():
    (flat, *_), (tilted, *_) = (make_color_cards(1, tilt=tilt, **PLAIN).positions for tilt in (0, 40))
    sides = [np.linalg.norm(card[[1, 7, 13, 19]] - card[[4, 10, 16, 22]], axis=1) for card in (flat, tilted)]
    assert np.ptp(sides[0]) == pytest.approx(0, abs=1e-6)
    assert np.ptp(sides[1]) > 1


def test_shade_darkens_a_part():
    lit, shaded = (make_color_cards(1, shade=shade, **PLAIN).images[0] / 255 for shade in (0, 0.5))
    ratio = srgb_to_linear(shaded).mean(axis=2) / srgb_to_linear(lit).mean(axis=2)
    assert np.quantile(ratio, 0.95) == pytest.approx(1, abs=0.02)
    assert np.quantile(ratio, 0.05) == pytest.approx(0.5, abs=0.02)


def test_seed_decides():
    first, again, other = (make_color_cards(2, random_state=seed).images for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_no_card_has_no_positions():
    assert np.isnan(make_color_cards(1, card="random", random_state=0).positions).all()


@pytest.mark.parametrize(
    "wrong", [{"card": "gray"}, {"tint": "red"}, {"shade": 1}, {"tilt": 60}, {"height": 100}, {"blur": -1}], ids=str
)
def test_what_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        make_color_cards(1, **wrong)


def test_the_turn_is_the_largest_angle_to_either_side():
    def angles(turn):
        positions = make_color_cards(8, turn=turn, random_state=0).positions
        across = positions[:, 5] - positions[:, 0]  # along the first row of patches
        return np.rad2deg(np.arctan2(across[:, 0], across[:, 1]))

    assert angles(0) == pytest.approx(0, abs=1e-6)
    assert 5 < np.abs(angles(20)).max() <= 20
    assert np.abs(angles(180)).max() > 90
