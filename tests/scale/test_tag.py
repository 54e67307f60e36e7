import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import tag, turned
from featkit.scale import find_tags
from featkit.scale._fitting.planes import FOCAL_FRACTION, area_per_pixel, transform

FAMILY = cv2.aruco.DICT_4X4_50


def painted(parts_at, to_image, shape=(400, 500), paper=230.0):
    """Tags of 60 mm, each turned and moved on the sheet, seen through a homography of (row, col) points."""
    polygons = []
    for number, center, angle, family in parts_at:
        for outline, color in tag(60, family, number):
            outline = outline @ turned(angle) + center
            polygons.append((transform(outline, to_image), 255 * np.mean(color)))
    return drawn(polygons, np.full(shape, paper))


def marker(number=7, side=60):
    return cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(FAMILY), number, side)


def test_the_side_of_an_upright_tag_is_counted_in_pixels():
    image = np.full((200, 300), 255, np.uint8)
    image[50:110, 80:140] = marker()
    scale = find_tags(image, 15)
    assert scale.pixel_size == pytest.approx((0.25, 0.25), rel=1e-6)
    assert scale.box == (50, 80, 110, 140)
    assert scale.count == 1


@pytest.mark.parametrize("blur", [0.5, 1.5])
@pytest.mark.parametrize("angle", [0.2, 0.8, 2.5, 4.0])
@pytest.mark.parametrize("family", [FAMILY, cv2.aruco.DICT_APRILTAG_36h11])
def test_turned_and_blurred_tags_keep_their_side(family, angle, blur):
    image = painted([(3, (190.3, 240.6), angle, family)], np.diag([1.3, 1.3, 1]), (500, 700))
    scale = find_tags(cv2.GaussianBlur(image, (0, 0), blur), 60)
    assert scale.pixel_size[0] == pytest.approx(1 / 1.3, rel=2e-3)
    assert scale.error < 0.005
    assert np.mean(scale.outlines[0], axis=0) == pytest.approx([190.3 * 1.3, 240.6 * 1.3], abs=0.1)


TILTED = np.array([[2.0, 0.1, 60], [-0.05, 2.1, 70], [4e-4, -3e-4, 1]])
FOUR = [
    (1, (50, 50), 0.1, FAMILY),
    (2, (60, 400), 1.0, FAMILY),
    (3, (300, 60), 2.0, FAMILY),
    (4, (310, 420), 3, FAMILY),
]


def test_four_tags_give_the_plane_wherever_they_lie():
    scale = find_tags(painted(FOUR, TILTED, (900, 1200)), 60, count=4)
    places = np.array([[100.0, 900], [400, 600], [700, 150]])
    truth = area_per_pixel(np.linalg.inv(TILTED), places)
    assert area_per_pixel(scale.homography, places) == pytest.approx(truth, rel=4e-3)
    assert np.abs(truth / truth[0] - 1).max() > 0.2  # what one pixel size would have cost
    assert scale.rectified_error < 0.02 < scale.tilt_error


def test_another_number_of_tags_is_refused():
    scale = find_tags(painted(FOUR[:3], TILTED, (900, 1200)), 60, count=4)
    assert not scale.is_known
    assert "expected 4 markers, found 3" in scale.reason


def test_tags_of_two_sizes_are_refused():
    image = np.full((300, 400), 255, np.uint8)
    image[50:110, 80:140] = marker(7, 60)
    image[150:240, 250:340] = marker(8, 90)
    assert "squares of one size" in find_tags(image, 15).reason


@pytest.mark.parametrize("change", [np.fliplr, np.invert], ids=["mirrored", "negative"])
def test_mirrored_and_negative_tags_are_not_found(change):
    image = np.full((200, 300), 255, np.uint8)
    image[50:110, 80:140] = marker()
    assert "mirrored or negative" in find_tags(np.ascontiguousarray(change(image)), 15).reason


def test_only_the_named_dictionary_is_looked_for():
    image = np.full((200, 300), 255, np.uint8)
    image[50:110, 80:140] = marker()
    assert find_tags(image, 15, dictionary="4X4_50").is_known
    assert not find_tags(image, 15, dictionary="6X6_250").is_known


def test_black_squares_are_no_tags():
    image = np.full((200, 300), 255, np.uint8)
    image[50:110, 80:140] = 0
    image[65:95, 95:125] = 255
    assert not find_tags(image, 15).is_known


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_longer_lens_sees_less_of_a_tilt(factor):
    """The same corners tell more tilt to a camera with a longer lens."""
    image = painted([(1, (150, 220), 0.3, FAMILY)], TILTED, (900, 1200))
    usual, other = find_tags(image, 60), find_tags(image, 60, focal_length=factor * FOCAL_FRACTION * 1200)
    assert other.pixel_size == pytest.approx(usual.pixel_size, rel=1e-6)
    assert (other.tilt > usual.tilt) == (factor > 1)


def test_the_unit_is_a_name_for_the_length():
    image = np.full((200, 300), 255, np.uint8)
    image[50:110, 80:140] = marker()
    assert find_tags(image, 15, unit="cm").unit == "cm"
    assert find_tags(image, 15, unit="cm").pixel_size == find_tags(image, 15).pixel_size
