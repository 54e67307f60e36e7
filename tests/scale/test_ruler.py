import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import circle, rectangle, ruler, turned
from featkit.scale import find_ruler
from featkit.scale._fitting.planes import posed_homography, rectangle_ratio, transform

RED, GREEN = (200, 30, 30), (50, 110, 40)


def sheet(*polygons, shape=(300, 400), blur=1.0):
    image = np.full((*shape, 3), 238.0)
    return cv2.GaussianBlur(drawn(polygons, image), (0, 0), blur)


def box(height, width, center, angle=0.0, color=RED):
    return rectangle(height, width) @ turned(angle) + center, color


@pytest.mark.parametrize(
    ("kind", "sides", "size"), [("ruler", (10, 200), 50), ("bar", (40, 60), 15), ("square", (40, 40), 10)]
)
def test_sides_are_counted_from_pixel_edges(kind, sides, size):
    image = np.full((300, 400, 3), 240, np.uint8)
    image[20 : 20 + sides[0], 50 : 50 + sides[1]] = RED
    scale = find_ruler(image, size, kind=kind)
    assert scale.pixel_size == pytest.approx((0.25, 0.25), rel=1e-3)
    assert scale.box == (20, 50, 20 + sides[0], 50 + sides[1])


@pytest.mark.parametrize("angle", [0.0, 0.3, 0.79, 1.9, 3.0])
@pytest.mark.parametrize("blur", [0.6, 1.4])
def test_turned_and_blurred_bars_keep_their_length(angle, blur):
    image = sheet(box(24, 210.4, (150.3, 199.6), angle), blur=blur)
    scale = find_ruler(image, 210.4)
    assert scale.pixel_size[0] == pytest.approx(1, rel=3e-3)
    assert scale.tilt < 4


@pytest.mark.parametrize("seed", range(4))
def test_ticks_and_digits_do_not_matter(seed):
    parts = ruler(100, np.random.RandomState(seed))
    polygons = [(4 * outline @ turned(0.5) + (350, 400), 255 * np.array(color)) for outline, color in parts]
    image = sheet(*polygons, shape=(700, 800))
    assert find_ruler(image, 100).pixel_size[0] == pytest.approx(0.25, rel=3e-3)


@pytest.mark.parametrize("tilt", [(0.15, 0.0), (0.0, 0.15), (-0.1, 0.1)])
def test_the_tilt_shows_in_sides_that_converge(tilt):
    to_plane = posed_homography(np.array(tilt), np.array([450.0, 700]), 0.2, np.array([599.5, 799.5]), 1280)
    outline = transform(rectangle(25, 140) @ turned(0.4), np.linalg.inv(to_plane))
    scale = find_ruler(sheet((outline, RED), shape=(1200, 1600)), 140)
    assert scale.tilt == pytest.approx(np.rad2deg(np.hypot(*tilt)), abs=2.5)
    assert scale.tilt_error > 0.1


def test_a_square_is_no_ruler_and_a_ruler_no_square():
    image = sheet(box(24, 210, (80, 200)), box(50, 50, (200, 200)))
    assert find_ruler(image, 210).pixel_size[0] == pytest.approx(1, rel=3e-3)
    assert find_ruler(image, 50, kind="square").pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_two_bars_are_told_apart_by_color_or_refused():
    image = sheet(box(24, 210, (80, 200)), box(24, 105, (200, 200), color=(40, 60, 170)))
    assert "expected one ruler, found 2" in find_ruler(image, 210).reason
    assert find_ruler(image, 105, color=(0.16, 0.24, 0.67)).pixel_size[0] == pytest.approx(1, rel=3e-3)


@pytest.mark.parametrize(
    "outline",
    [
        circle(100) * (0.15, 1),
        np.array([[0, 0], [10, 200], [30, 200], [40, 0]]) - (20, 100),
        np.array([[0, 0], [0, 200], [20, 220], [20, -20]])
        - (10, 100)
        + 40 * np.array([[0, 0], [0, 0], [1, 0], [1, 0]]),
        np.sign(circle(1)) * np.abs(circle(1)) ** 0.5 * (25, 110),
        rectangle(30, 200)[[0, 1, 2]],
    ],
    ids=["ellipse", "wedge", "trapezium", "superellipse", "triangle"],
)
def test_what_merely_looks_like_a_ruler_is_refused(outline):
    assert not find_ruler(sheet((outline + (150, 200), GREEN)), 200).is_known


def test_a_ruler_that_leaves_the_image_is_refused():
    assert not find_ruler(sheet(box(24, 210, (150, 30))), 210).is_known


def test_a_strip_of_paper_beside_a_faint_shadow_is_no_ruler():
    image = np.full((300, 400, 3), 60.0)
    image[20:280, 100:300] = 200
    image[20:280, 100:240] -= 10  # the shadow
    image = np.clip(np.rint(cv2.GaussianBlur(image, (0, 0), 0.8)), 0, 255).astype(np.uint8)
    assert not find_ruler(image, 100).is_known
    image[20:280, 100:238] = 100
    assert find_ruler(image, 260).pixel_size[0] == pytest.approx(1, rel=1e-2)


def test_the_corners_of_a_ruler_are_seen_after_jpeg_which_blurs_colors():
    image = sheet(box(76, 300, (150, 200), 0.4, (200, 196, 100)), shape=(300, 400))
    coded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    assert find_ruler(cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1], 300).pixel_size[0] == pytest.approx(1, rel=5e-3)


@pytest.mark.parametrize("hidden", [(40, 60, (150, 290)), (24.5, 100, (150, 252.5)), (30, 110, (150, 60))])
def test_a_ruler_that_something_lies_over_is_refused(hidden):
    """The cover is wider than the ruler, as wide, or a thing that leaves a ruler-like rest."""
    ruler_alone = box(24, 210, (150, 200))
    assert find_ruler(sheet(ruler_alone), 210).is_known
    assert not find_ruler(sheet(ruler_alone, box(*hidden, color=(60, 55, 30))), 210).is_known


def test_a_shadow_over_half_a_ruler_hides_nothing():
    light = 1 - 0.4 / (1 + np.exp(-(np.arange(400) - 200) / 8))
    image = np.rint(sheet(box(24, 210, (150, 200))) * light[:, np.newaxis]).astype(np.uint8)
    assert find_ruler(image, 210).pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_a_narrow_ruler_is_found_although_its_corners_do_not_tell_the_tilt():
    outline = np.array([[0, 0], [0, 190], [25, 194], [23.5, -3]]) + (250, 20)
    assert rectangle_ratio(outline, (300, 400))[1] > 0.06  # as if the sides were not at right angles
    assert find_ruler(sheet((outline, RED)), 193.5).pixel_size[0] == pytest.approx(1, rel=2e-2)
