"""Scale from squares in a plane."""

import numpy as np
import pytest

from featkit.scale._fitting.planes import FOCAL_FRACTION
from featkit.scale._fitting.quads import plane_tilt, pose_of_square

SHAPE = (600, 800)
SQUARE = np.array([[-1.0, -1], [-1, 1], [1, 1], [1, -1]])


def seen(points, tilt, turn=0.0, center=(300.0, 400.0), distance=10.0):
    """Corners of a plane of which the lower part comes nearer by a tilt, by a camera without distortion."""
    focal = FOCAL_FRACTION * max(SHAPE)
    cosine, sine = np.cos(turn), np.sin(turn)
    row, col = (points @ np.array([[cosine, sine], [-sine, cosine]])).T
    depth = distance + row * np.sin(tilt)
    middle = (np.array(SHAPE) - 1) / 2
    aside = (np.asarray(center) - middle) / focal * distance
    return middle + focal * np.column_stack([(aside[0] + row * np.cos(tilt)) / depth, (aside[1] + col) / depth])


@pytest.mark.parametrize("turn", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("degrees", [10, 25, 40])
def test_the_tilt_of_a_square_is_found(degrees, turn):
    corners = seen(SQUARE, np.deg2rad(degrees), turn)
    for points in (corners, corners[::-1], np.roll(corners, 1, axis=0)):
        assert np.rad2deg(pose_of_square(points, 2.0, SHAPE, None).tilt) == pytest.approx(degrees, abs=1)


def test_an_upright_square_is_hardly_tilted():
    assert np.rad2deg(pose_of_square(seen(SQUARE, 0.0), 2.0, SHAPE, None).tilt) < 2


@pytest.mark.parametrize("degrees", [0, 15, 45])
def test_the_horizon_tells_the_tilt_of_a_plane(degrees):
    """From the image to the plane: solved from eight equations of four points."""
    tilt = np.deg2rad(degrees)
    equations = []
    for (row, col), (down, right) in zip(seen(3 * SQUARE, tilt), 3 * SQUARE, strict=True):
        equations.append([row, col, 1, 0, 0, 0, -down * row, -down * col, -down])
        equations.append([0, 0, 0, row, col, 1, -right * row, -right * col, -right])
    homography = np.linalg.svd(np.array(equations))[2][-1].reshape(3, 3)
    assert np.rad2deg(plane_tilt(homography, SHAPE, None)) == pytest.approx(degrees, abs=0.1)
