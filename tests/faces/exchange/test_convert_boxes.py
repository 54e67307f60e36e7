import numpy as np
import pytest

from featkit import FaceLandmarks
from featkit.exceptions import ImageFormatError, LandmarkFormatError
from featkit.faces.exchange import convert_boxes
from featkit.faces.landmarks import face_landmarks
from featkit.parameters import InvalidParameterError

BOX = [10, 30, 35, 50]


@pytest.mark.parametrize(
    ("values", "order", "inclusive"),
    [
        ([30, 10, 20, 25], "x, y, width, height", False),
        ([30, 10, 20, 25], "x, y, width, height", True),  # sizes are sizes
        ([30, 10, 50, 35], "left, top, right, bottom", False),
        ([30, 10, 49, 34], "left, top, right, bottom", True),
        ([10, 30, 35, 50], "top, left, bottom, right", False),
        ([10, 50, 35, 30], "top, right, bottom, left", False),
    ],
)
def test_orders(values, order, inclusive):
    assert convert_boxes(values, order, inclusive=inclusive).tolist() == [BOX]
    assert convert_boxes([values, [np.nan] * 4], order, inclusive=inclusive)[0].tolist() == BOX
    assert np.isnan(convert_boxes([values, [np.nan] * 4], order)[1]).all()


def test_fractions_of_the_sides():
    assert convert_boxes([0.3, 0.1, 0.2, 0.25], "x, y, width, height", image_size=(200, 100)).tolist() == [
        pytest.approx([20, 30, 70, 50])
    ]


def test_a_box_of_dlib_gives_its_landmarks(portrait):
    import dlib

    found = dlib.get_frontal_face_detector()(portrait)[0]
    edges = [found.left(), found.top(), found.right(), found.bottom()]
    box = convert_boxes(edges, "left, top, right, bottom", inclusive=True)
    extractor = FaceLandmarks(average=False)
    assert np.array_equal(extractor.transform([portrait], boxes=box), extractor.transform([portrait]))


@pytest.mark.parametrize("values", [[30, 10, 20], [[[30, 10, 20, 25]]], [30, 10, np.inf, 25], [50, 10, 20, 25]])
def test_what_is_no_box_is_refused(values):
    with pytest.raises(LandmarkFormatError, match="Expected boxes"):
        convert_boxes(values, "left, top, right, bottom")
    with pytest.raises(InvalidParameterError):
        convert_boxes([1, 2, 3, 4], "xywh")


def test_fractions_have_no_last_pixel():
    with pytest.raises(ValueError, match="leave it out"):
        convert_boxes([0.1, 0.2, 0.3, 0.4], "left, top, right, bottom", inclusive=True, image_size=(200, 100))


def test_boxes_with_scores_and_several_boxes_are_refused_with_what_to_do(portrait):
    with pytest.raises(LandmarkFormatError, match=r"boxes\[:, :4\]"):
        convert_boxes([[10, 10, 50, 60, 0.9]], "left, top, right, bottom")
    with pytest.raises(ImageFormatError, match=r"boxes\[0\]"):
        face_landmarks(portrait, box=convert_boxes([10, 10, 50, 60], "left, top, right, bottom"))
