"""Whether points are (row, column), or (x, y) by mistake."""

import numpy as np
import pytest

from featkit import LandmarkPredictor
from featkit.exceptions import LandmarkFormatError
from featkit.faces.training._axes import refuse_other_units, refuse_xy

RNG = np.random.default_rng(0)
BOXES = np.array([[10.0, 200, 60, 250]] * 20)  # far from the diagonal, so that the axes can be told apart
POINTS = BOXES[:, np.newaxis, :2] + RNG.uniform(5, 45, (20, 6, 2))


def test_points_in_their_boxes_are_taken():
    refuse_xy(POINTS, BOXES, None)


def test_points_that_fit_their_boxes_only_when_swapped_are_refused():
    with pytest.raises(LandmarkFormatError, match="100% lie far from their boxes, and 0% when"):
        refuse_xy(POINTS[..., ::-1], BOXES, None)


def test_points_that_fit_neither_way_are_not_called_swapped():
    refuse_xy(POINTS + 1000, BOXES, None)


def test_missing_points_tell_nothing():
    refuse_xy(np.full_like(POINTS, np.nan), BOXES, [1, 0, 2, 3, 4, 5])


def test_pairs_of_the_mirror_lie_beside_each_other():
    on_the_diagonal = np.array([[100.0, 100, 150, 150]] * 20)
    points = np.tile(on_the_diagonal[:, np.newaxis, :2] + 25, (1, 2, 1)) + RNG.normal(size=(20, 2, 2))
    points[:, 0, 1] -= 15
    points[:, 1, 1] += 15
    refuse_xy(points, on_the_diagonal, [1, 0])
    with pytest.raises(LandmarkFormatError, match="one below the other"):
        refuse_xy(points[..., ::-1], on_the_diagonal, [1, 0])


@pytest.mark.parametrize(
    ("factor", "shift", "message"),
    [
        (1 / 40, 0, "fractions of the size of the image"),
        (1, 1000, "in the image of 40 x 60 pixels, got none"),
        (20, 100, "Are they those of another image or size"),
        (1, -100, "got none"),
    ],
)
def test_points_in_other_units_than_pixels_of_their_images_are_refused(factor, shift, message):
    rng = np.random.default_rng(0)
    images, points = rng.random((6, 40, 60)), rng.uniform(5, 35, (6, 10))
    with pytest.raises(LandmarkFormatError, match=message):
        LandmarkPredictor().fit(images, points * factor + shift)


def test_one_image_whose_points_lie_elsewhere_is_refused_and_points_beyond_the_border_are_not():
    points = np.array([[[5.0, 5.0], [-8.0, 3.0]], [[3.0, 70.0], [np.nan, np.nan]]])
    refuse_other_units(points, [(40, 60), (40, 80)])
    with pytest.raises(LandmarkFormatError, match="of 40 x 60 pixels, got none: .* row 3, column 70") as told:
        refuse_other_units(points, [(40, 60), (40, 60)])
    assert told.value.__notes__ == ["This is image 1 of 2 with landmarks."]
    refuse_other_units(np.full((2, 2, 2), 0.5), [(1, 1), (1, 1)])  # in an image of one pixel
