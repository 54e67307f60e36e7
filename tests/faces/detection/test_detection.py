"""Faces are found upright, small, dark and tilted; nothing is found where there is none; threads do not disturb."""

import io

import cv2
import dlib
import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.transform import rotate

from featkit import detect_faces, join_alpha
from featkit.exceptions import ImageFormatError
from featkit.image import to_gray

MIDDLE = np.array([126.5, 112.5])  # of the portrait's face


def assert_frames(box, middle, side, slack=0.15):
    assert np.hypot(*(box.middle - middle)) < slack * side
    assert abs(box.side - side) < slack * side


def test_the_first_look_is_dlibs_own(portrait):
    (box,) = detect_faces(portrait)
    (rectangle,), (score,), _ = dlib.get_frontal_face_detector().run(portrait, 0, 0.0)
    assert box[:4] == (rectangle.top(), rectangle.left(), rectangle.bottom() + 1, rectangle.right() + 1)
    assert (box.score, box.angle, box.certain) == (score, 0, True)


@pytest.mark.parametrize("angle", [30, -30, 60, -60, 90, -90])
def test_a_tilted_face_is_found_with_its_tilt(portrait, angle):
    (upright,) = detect_faces(portrait)
    turned = np.rint(255 * rotate(portrait, angle, resize=True)).astype(np.uint8)
    turn = np.radians(angle)
    row, col = upright.middle - (np.array(portrait.shape[:2]) - 1) / 2
    middle = np.array([row * np.cos(turn) - col * np.sin(turn), row * np.sin(turn) + col * np.cos(turn)])
    (box,) = detect_faces(turned)
    assert_frames(box, middle + (np.array(turned.shape[:2]) - 1) / 2, upright.side, slack=0.25)
    assert abs(box.angle - angle) <= 30
    assert box.certain


def test_a_quarter_turn_is_found_where_the_upright_face_is(portrait):
    (upright,) = detect_faces(portrait)
    (box,) = detect_faces(np.rot90(portrait))
    assert box.angle == 90
    expected = [portrait.shape[1] - 1 - upright.middle[1], upright.middle[0]]
    assert box.middle == pytest.approx(expected, abs=0.1 * upright.side)


@pytest.mark.parametrize("scale", [0.5, 0.35])
def test_small_faces_are_found_enlarged_and_only_by_searching(portrait, scale):
    (large,) = detect_faces(portrait)
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (box,) = detect_faces(small)
    assert_frames(box, scale * large.middle, scale * large.side, slack=0.25)
    assert detect_faces(small, search=False) == []


def test_large_photos_are_looked_at_reduced(portrait):
    (small,) = detect_faces(portrait)
    photo = np.zeros((6000, 8000, 3), np.uint8)
    photo[500:2900, 1000:3200] = cv2.resize(portrait, None, fx=10, fy=10)
    (box,) = detect_faces(photo)
    assert_frames(box, 10 * small.middle + [500, 1000], 10 * small.side)


def test_a_dark_face_is_found(portrait):
    assert_frames(detect_faces(portrait // 8)[0], detect_faces(portrait)[0].middle, 90)


def test_a_dark_photo_is_brightened_before_it_is_looked_at(portrait):
    dark = portrait // 16
    (box,) = detect_faces(dark)
    assert_frames(box, MIDDLE, 90)
    assert box.score > 1
    assert detect_faces(dark, search=False)[0].score < 0.5


@pytest.mark.parametrize("angle", [60, 90])
def test_a_tilted_face_in_bad_light_is_found(portrait, angle):
    faded = np.rint(200 + (portrait - 128.0) * 0.05).astype(np.uint8)
    turned = np.rint(255 * rotate(faded, angle, resize=True, mode="edge")).astype(np.uint8)
    (box,) = detect_faces(turned)
    assert abs(box.angle - angle) <= 30
    assert_frames(box, (np.array(turned.shape[:2]) - 1) / 2, 90, slack=0.4)


@pytest.mark.parametrize("angle", [45, -45])
def test_a_face_with_its_mouth_hidden_is_found_between_the_tilts_of_the_first_looks(portrait, angle):
    hidden = portrait.copy()
    hidden[140:175, 60:170] = 128
    turned = np.rint(255 * rotate(hidden, angle, resize=True)).astype(np.uint8)
    (box,) = detect_faces(turned)
    assert box.angle == angle


def test_of_faces_of_one_size_the_most_central_counts_as_the_largest(portrait):
    photo = np.hstack([np.full((240, 160, 3), 128, np.uint8), portrait, portrait])
    (box,) = detect_faces(photo)
    assert_frames(box, MIDDLE + [0, 160], 90)
    (box,) = detect_faces(np.ascontiguousarray(photo[:, ::-1]))
    assert_frames(box, [MIDDLE[0], 599 - (MIDDLE[1] + 160)], 90)


@pytest.mark.parametrize("quality", [30, 75])
def test_the_larger_badge_on_the_suit_is_not_taken_for_the_face(quality):
    """In the JPEG the badge has a side of 105 pixels and scores of 0.07 to 0.14, the face one of 88 and 1.5."""
    file = io.BytesIO()
    Image.fromarray(data.astronaut()).save(file, "JPEG", quality=quality)
    (face,) = detect_faces(data.astronaut())
    assert_frames(detect_faces(np.asarray(Image.open(file)))[0], face.middle, face.side)


def turned_about_the_middle(image, angle):
    """The image turned, its border going on, and a function that turns (row, col) with it."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    turned = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return turned, lambda place: (turn @ [place[1], place[0], 1])[::-1]


@pytest.mark.parametrize("angle", [-40, -20, 5, 10, 25, 35])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_pattern_on_the_suit_is_not_taken_for_the_face_of_a_tilted_photo(mirrored, angle):
    """The larger boxes on the suit have up to half the score of the face."""
    image = np.ascontiguousarray(data.astronaut()[:, ::-1]) if mirrored else data.astronaut()
    (face,) = detect_faces(image)
    turned, turn = turned_about_the_middle(image, angle)
    (box,) = detect_faces(turned)
    assert_frames(box, turn(face.middle), face.side, slack=0.25)
    assert box.certain


@pytest.mark.parametrize("angle", [-35, -25, 25, 35])
def test_the_first_look_tells_the_tilt_of_the_head(portrait, angle):
    (box,) = detect_faces(turned_about_the_middle(portrait, angle)[0], search=False)
    assert box.angle == np.copysign(30, angle)


@pytest.mark.parametrize(
    ("scale", "angle"), [*((1, angle) for angle in (150, 165, 180, -165, -150)), (0.6, 150), (0.6, 180), (0.5, 180)]
)
def test_a_face_upside_down_is_found_so(portrait, angle, scale):
    image = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (face,) = detect_faces(image)
    turned, turn = turned_about_the_middle(image, angle)
    (box,) = detect_faces(turned)
    assert_frames(box, turn(face.middle), face.side, slack=0.3)
    assert abs((box.angle - angle + 180) % 360 - 180) <= 30
    assert box.certain


def test_the_cats_head_is_not_certain_wherever_it_is_cut():
    for cut in (6, 22, 32):
        for box in detect_faces(data.chelsea()[:, cut:]):
            assert not box.certain


@pytest.mark.parametrize("change", ["mirrored", "gray"])
def test_the_cats_head_is_not_certain_however_it_comes(change):
    cat = data.chelsea()[:, 22:]
    changed = np.ascontiguousarray(cat[:, ::-1]) if change == "mirrored" else to_gray(cat)
    assert not any(box.certain for box in detect_faces(changed))


def test_every_kind_of_image_shows_its_face(portrait):
    (expected,) = detect_faces(portrait)
    opaque = np.full(portrait.shape[:2], 255, np.uint8)
    for image in (portrait * np.uint16(257), portrait / 255, join_alpha(portrait, opaque), np.asfortranarray(portrait)):
        assert detect_faces(image) == [expected]
    assert_frames(detect_faces(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY))[0], expected.middle, expected.side)


def test_what_is_transparent_is_not_seen(portrait):
    hidden = join_alpha(portrait, np.zeros(portrait.shape[:2], np.uint8))
    assert detect_faces(hidden) == []


def test_a_face_that_the_border_cuts_has_a_box_that_reaches_beyond(portrait):
    (whole,) = detect_faces(portrait)
    cut = int(whole.min_col) + 12
    (box,) = detect_faces(portrait[:, cut:])
    assert box.min_col < 0
    assert_frames(box, whole.middle - [0, cut], whole.side, slack=0.25)


@pytest.fixture(scope="module")
def group(portrait):
    """A large face at the left, a small one in the middle."""
    photo = np.full((260, 600, 3), 128, np.uint8)
    photo[10:250, :220] = portrait
    photo[70:190, 250:360] = cv2.resize(portrait, (110, 120), interpolation=cv2.INTER_AREA)
    return photo


def test_which_face(group):
    largest, smaller = detect_faces(group, which="all")
    assert largest.side > 1.7 * smaller.side
    assert_frames(detect_faces(group)[0], largest.middle, largest.side)
    assert_frames(smaller, 0.5 * MIDDLE + [70, 250], 45)
    assert detect_faces(group, which="central") == detect_faces(group)  # the small one is not seen at first
    enlarged = cv2.resize(group, None, fx=2.2, fy=2.2)[:, 150:950]
    assert_frames(detect_faces(enlarged, which="central")[0], 2.2 * smaller.middle - [0, 150], 2.2 * smaller.side)


FACE_FREE = ("chelsea", "clock", "coins", "rocket", "page")


@pytest.mark.parametrize("name", FACE_FREE)
@pytest.mark.parametrize("detector", ["dlib", "cascade"])
def test_no_face_is_found_where_there_is_none(name, detector):
    assert detect_faces(getattr(data, name)(), detector=detector) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 40, 3), (20, 20, 3), (33, 2, 4)])
@pytest.mark.parametrize("detector", ["dlib", "cascade"])
def test_tiny_images_show_no_face(shape, detector):
    assert detect_faces(np.full(shape, 200, np.uint8), detector=detector) == []


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"'which' parameter must be one of .*, got 'smallest'"):
        detect_faces(np.zeros((9, 9)), which="smallest")
    with pytest.raises(ImageFormatError):
        detect_faces(np.zeros((9, 9), int))


# Threads
