"""Boxes of faces, and upright views of faces that are tilted."""

import numpy as np
import pytest

from featkit.exceptions import ImageFormatError
from featkit.faces.detection import FaceBox
from featkit.faces.detection.boxes import check_box, photo_of, square_box, view_map
from featkit.image.interpolation import interpolate


def test_side_and_middle_of_a_box():
    box = FaceBox(2, 3, 6, 7)
    assert box.side == 4
    assert box.middle.tolist() == [3.5, 4.5]  # of the pixels 2..5 and 3..6


def test_a_view_shows_the_box_turned_back():
    photo = np.zeros((50, 60, 3), np.uint8)
    photo[10, 20] = 250
    to_photo = view_map([10, 20], 90, 1, 21, 21)
    assert interpolate(photo, to_photo, 21, 21, level=0)[10, 10].tolist() == [250] * 3
    assert (to_photo[:, :2] @ [0, 1]).round(9).tolist() == [
        -1,
        0,
    ]  # what is at the right of the view is up in the photo


@pytest.mark.parametrize("side", [1, 4, 7.5])
def test_a_square_box_has_its_middle_and_side(side):
    box = square_box((10, 20.5), side, score=2.0)
    assert box.middle.tolist() == [10, 20.5]
    assert box.side == side
    assert box[4:] == (2.0, 0.0, True)


@pytest.mark.parametrize("angle", [0, 33, -120])
def test_a_view_turns_and_scales_about_its_middle(angle):
    to_photo = view_map((40.0, 50.0), angle, 2.5, 21, 31)
    assert to_photo @ [10, 15, 1] == pytest.approx([40, 50])
    assert np.linalg.det(to_photo[:, :2]) == pytest.approx(2.5**2)
    turn = np.arctan2(to_photo[1, 0], to_photo[0, 0])
    assert np.rad2deg(turn) == pytest.approx(angle)


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (-5, -5, 1, 1), (49, 59, 80, 90), (np.nan, 0, 0, 0)])
def test_a_box_with_a_pixel_of_the_image_or_none_at_all_is_taken(box):
    check_box(np.array(box, float), (50, 60))


@pytest.mark.parametrize("box", [(3, 3, 3, 9), (9, 9, 3, 3), (50, 0, 60, 9), (-9, 0, 0, 9), (0, 0, np.inf, 9)])
def test_a_box_without_a_pixel_of_the_image_is_refused(box):
    with pytest.raises(ImageFormatError, match="holds pixels of an image of 50 x 60"):
        check_box(np.array(box, float), (50, 60))


def test_transparent_pixels_are_black_to_the_detectors():
    image = np.full((2, 2, 4), 200, np.uint8)
    image[0, 0, 3] = 0
    seen = photo_of(image)
    assert seen.dtype == np.uint8
    assert seen[0, 0].tolist() == [0, 0, 0]
