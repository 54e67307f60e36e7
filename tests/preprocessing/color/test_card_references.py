"""Reference colours: the values of an independent library, and what adaptation must do to white and gray."""

import numpy as np
import pytest
from skimage.color import lab2xyz, xyz2rgb

from featkit.preprocessing.color._card_references import (
    EDITIONS,
    LAB_D50,
    color_difference,
    luminance,
    reference_colors,
)

# Linear sRGB of dark skin, bluish green, blue, cyan, white and black by colour-science 0.4.7 (Bradford).
PATCHES = [0, 5, 12, 17, 18, 23]
OF_COLOUR_SCIENCE = {
    "2014": [
        [0.1737, 0.0788, 0.0529],
        [0.1153, 0.5074, 0.4111],
        [0.0210, 0.0475, 0.2841],
        [-0.0439, 0.2337, 0.3772],
        [0.8795, 0.8850, 0.8342],
        [0.0314, 0.0315, 0.0323],
    ],
    "2005": [
        [0.1730, 0.0821, 0.0567],
        [0.1080, 0.5144, 0.4127],
        [0.0171, 0.0502, 0.2922],
        [-0.0374, 0.2470, 0.4004],
        [0.9125, 0.9150, 0.8937],
        [0.0303, 0.0311, 0.0328],
    ],
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_references_are_those_of_another_library(edition):
    assert reference_colors(edition)[PATCHES] == pytest.approx(np.array(OF_COLOUR_SCIENCE[edition]), abs=2e-4)


@pytest.mark.parametrize("edition", EDITIONS)
def test_luminance_is_adapted_by_next_to_nothing_for_grays(edition):
    relative = lab2xyz(np.array(LAB_D50[edition])[18:], illuminant="D50")[:, 1]
    assert luminance(reference_colors(edition)[18:]) == pytest.approx(relative, rel=0.01)


def test_grays_stay_gray():
    grays = reference_colors("2014")[19:]
    assert (np.ptp(grays, axis=1) < 0.05 * grays.mean(axis=1)).all()
    unadapted = xyz2rgb(lab2xyz(np.array(LAB_D50["2014"])[19:], illuminant="D50"))
    assert (np.ptp(unadapted, axis=1) > 0.03).all()


def test_editions_differ_by_little():
    difference = color_difference(reference_colors("2014"), reference_colors("2005"))
    assert 0.8 < difference.mean() < 0.9
    assert 1.9 < difference.max() < 2.1


def test_difference_of_a_color_from_itself_is_0_also_outside_srgb():
    colors = reference_colors("2014")
    assert colors.min() < -0.04
    assert color_difference(colors, colors) == pytest.approx(0, abs=1e-6)
