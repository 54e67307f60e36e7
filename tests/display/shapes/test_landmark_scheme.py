"""Pictures of schemes."""

import numpy as np
import pytest

from featkit.display import LandmarkDisplay, LandmarkSchemeDisplay
from featkit.exceptions import LandmarkFormatError
from featkit.faces.landmarks import LandmarkScheme
from featkit.faces.landmarks.schemes.known_schemes import SCHEME_NAMES


@pytest.mark.parametrize("scheme", SCHEME_NAMES)
def test_points_are_drawn_where_their_numbers_stand(scheme):
    display = LandmarkSchemeDisplay(scheme).plot()
    drawn = np.concatenate([line.get_xydata() for line in display.ax_.lines])
    assert len(display.ax_.texts) >= 2
    for text in display.ax_.texts:
        assert np.isclose(drawn, text.xy).all(axis=1).any()


def test_a_scheme_of_ones_own_wants_its_points():
    scheme = LandmarkScheme(name="leaf", n_points=3, lines=[(0, 1)])
    with pytest.raises(LandmarkFormatError, match="no drawn face"):
        LandmarkSchemeDisplay(scheme).plot()
    with pytest.raises(LandmarkFormatError, match="3 points"):
        LandmarkSchemeDisplay(scheme, np.zeros((2, 2))).plot()
    display = LandmarkSchemeDisplay(scheme, [[0, 0], [1, 2], [3, 4]]).plot()
    assert [text.get_text() for text in display.ax_.texts] == ["0", "1", "2"]


def test_landmarks_on_a_photo_are_joined():
    image = np.zeros((20, 20), np.uint8)
    points = np.arange(10.0).reshape(5, 2)
    assert len(LandmarkDisplay(image, points, scheme="retinaface").plot().ax_.lines) > 1
    with pytest.raises(LandmarkFormatError, match="68 points"):
        LandmarkDisplay(image, points, scheme="300w").plot()
