import cv2
import numpy as np
import pytest

from featkit.datasets._drawing import drawn
from featkit.datasets._sheet_parts import circle, rectangle, turned
from featkit.scale import find_coin
from featkit.scale._fitting.ellipses import fit_ellipse
from featkit.scale._fitting.planes import area_per_pixel, posed_homography, transform

SILVER, GOLD, COPPER, GREEN, BLUE = (150, 150, 148), (168, 140, 76), (143, 87, 56), (60, 120, 40), (40, 60, 170)
PAPER = (235, 232, 225)


def sheet(*disks, shape=(300, 400), blur=1.0):
    """Disks (outline, color) on paper."""
    image = np.empty((*shape, 3))
    image[:] = PAPER
    return cv2.GaussianBlur(drawn(disks, image), (0, 0), blur)


def disk(radius, center, color, stretch=1.0, angle=0.0):
    return circle(radius) * (1, stretch) @ turned(angle) + center, color


@pytest.mark.parametrize("radius", [16.3, 40.0, 85.7])
@pytest.mark.parametrize("color", [SILVER, GOLD, COPPER])
def test_the_radius_of_a_disk(radius, color):
    scale = find_coin(sheet(disk(radius, (150.4, 200.7), color)), 2 * radius)
    assert scale.pixel_size == pytest.approx((1, 1), rel=3e-3)
    assert scale.outlines[0].mean(axis=0) == pytest.approx([150.4, 200.7], abs=0.05)
    assert scale.tilt_error < 0.6


@pytest.mark.parametrize("angle", [0.3, 1.2, 2.4])
def test_a_tilt_is_read_from_the_ratio_of_the_axes(angle):
    ratio = np.cos(np.deg2rad(12))
    image = sheet(disk(60, (150, 200), SILVER, ratio, angle))
    scale = find_coin(image, 120, focal_length=1e6)  # far away: no perspective
    assert scale.tilt == pytest.approx(12, abs=1)
    assert scale.pixel_size[0] == pytest.approx(1 / np.sqrt(ratio), rel=2e-3)  # areas are right at the coin


def test_the_rim_counts_and_not_a_ring_within():
    parts = [disk(60, (150, 200), SILVER), disk(51, (150, 200), (110, 110, 108)), disk(30, (150, 200), (160, 160, 155))]
    assert find_coin(sheet(*parts), 120).pixel_size[0] == pytest.approx(1, rel=3e-3)


@pytest.mark.parametrize("ground", [PAPER, (30, 28, 32)], ids=["paper", "black cloth"])
def test_noise_around_a_coin_is_no_rim(ground):
    for seed in range(6):
        image = np.empty((300, 400, 3))
        image[:] = ground
        image = cv2.GaussianBlur(drawn([disk(70, (150, 200), SILVER)], image), (0, 0), 1.0)
        noisy = np.clip(image + np.random.default_rng(seed).normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        assert find_coin(noisy, 140).pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_a_faint_rim_counts_beside_a_clear_ring_within():
    parts = [disk(70, (150, 200), (226, 223, 216)), disk(56, (150, 200), (120, 120, 118))]
    for seed in range(3):
        image = sheet(*parts) + np.random.default_rng(seed).normal(0, 2, (300, 400, 3))
        scale = find_coin(np.clip(image, 0, 255).astype(np.uint8), 140, metal=False)
        assert scale.pixel_size[0] == pytest.approx(1, rel=1e-2)


def test_a_shadow_beside_a_coin_is_no_part_of_it():
    shadow = np.zeros((300, 400))
    soft = cv2.GaussianBlur(drawn([disk(50, (153, 203), 255)], shadow), (0, 0), 2.5)
    ground = np.array(PAPER) * (1 - 0.3 * soft[..., np.newaxis] / 255)
    image = cv2.GaussianBlur(drawn([disk(50, (150, 200), COPPER)], ground), (0, 0), 0.8)
    scale = find_coin(image, 100)
    assert scale.pixel_size[0] == pytest.approx(1, rel=1e-2)


@pytest.mark.parametrize("color", [GOLD, COPPER])
@pytest.mark.parametrize(("aside", "soft"), [(2, 1.2), (3, 2.5), (4, 2.4)])
def test_a_shadow_all_around_does_not_make_it_larger(color, aside, soft):
    shadow = cv2.GaussianBlur(drawn([disk(50, (150, 200 + aside), 255)], np.zeros((300, 400))), (0, 0), soft)
    paper = np.array(PAPER) * (1 - 0.3 * shadow[..., np.newaxis] / 255)
    image = cv2.GaussianBlur(drawn([disk(50, (150, 200), color)], paper), (0, 0), 0.8)
    scale = find_coin(image, 100)
    assert scale.pixel_size[0] == pytest.approx(1, abs=3e-3)
    assert abs(scale.pixel_size[0] - 1) < scale.error < 0.01


@pytest.mark.parametrize(("aside", "soft"), [(3, 2.5), (5, 4), (7, 2.5), (7, 4)])
def test_a_coin_of_the_gray_of_its_shadow_is_measured_less_surely(aside, soft):
    shadow = cv2.GaussianBlur(drawn([disk(50, (150 + aside, 200 + aside), 255)], np.zeros((300, 400))), (0, 0), soft)
    paper = np.array(PAPER) * (1 - 0.4 * shadow[..., np.newaxis] / 255)
    image = cv2.GaussianBlur(drawn([disk(50, (150, 200), SILVER)], paper), (0, 0), 0.8)
    scale = find_coin(image, 100)
    assert scale.error == pytest.approx(0.02, abs=2e-3)
    assert abs(scale.pixel_size[0] - 1) < 1.5 * scale.error


@pytest.mark.parametrize("direction", np.linspace(0, 2 * np.pi, 5))
def test_a_coin_near_a_corner_of_a_tilted_sheet_is_found(direction):
    tilt = np.deg2rad(10) * np.array([np.sin(direction), np.cos(direction)])
    homography = posed_homography(tilt, np.array([230.0, 340.0]), 1.0, np.array([149.5, 199.5]), 320)
    outline = transform(circle(40), np.linalg.inv(homography))
    assert 0.88 < np.divide(*fit_ellipse(outline).radii[::-1]) < 0.94  # flatter than a tilt of 10 degrees in the middle
    scale = find_coin(sheet((outline, SILVER)), 80)
    area = area_per_pixel(homography, outline.mean(axis=0)[np.newaxis])[0]
    assert scale.pixel_size[0] == pytest.approx(np.sqrt(area), rel=5e-3)
    assert scale.tilt == pytest.approx(10, abs=0.5)


def test_a_round_leaf_is_no_coin():
    image = sheet(disk(40, (150, 200), GREEN))
    assert "other colors" in find_coin(image, 80).reason
    assert find_coin(image, 80, metal=False).pixel_size[0] == pytest.approx(1, rel=3e-3)
    assert find_coin(image, 80, color=np.array(GREEN) / 255).is_known


def test_a_coin_beside_round_leaves_is_found_by_its_color():
    image = sheet(disk(40, (150, 100), GREEN), disk(30, (150, 250), SILVER), disk(20, (60, 330), BLUE))
    assert find_coin(image, 60).pixel_size[0] == pytest.approx(1, rel=3e-3)
    assert "found 3" in find_coin(image, 60, metal=False).reason
    assert find_coin(image, 40, metal=False, color=np.array(BLUE) / 255).pixel_size[0] == pytest.approx(1, rel=5e-3)


def test_a_coin_of_two_metals_is_one():
    image = sheet(disk(50, (150, 200), GOLD), disk(38, (150, 200), SILVER))
    assert find_coin(image, 100).pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_a_faint_coin_in_noise_is_found():
    image = sheet(disk(48, (150, 200), (205, 204, 198)), blur=1.2)
    noisy = image + np.random.default_rng(0).normal(0, 3, image.shape[:2])[..., np.newaxis]
    scale = find_coin(np.clip(np.rint(noisy), 0, 255).astype(np.uint8), 96)
    assert abs(scale.pixel_size[0] - 1) < min(2 * scale.error, 0.02)


@pytest.mark.parametrize("color", [SILVER, GOLD, COPPER])
@pytest.mark.parametrize("wood", [(184, 140, 84), (204, 168, 115)])
def test_a_coin_on_wood_is_one(color, wood):
    image = np.empty((300, 400, 3))
    image[:] = wood
    image = cv2.GaussianBlur(drawn([disk(50, (150, 200), color)], image), (0, 0), 1.0)
    assert find_coin(image, 100).pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_two_coins_are_refused():
    image = sheet(disk(40, (150, 100), SILVER), disk(30, (150, 250), COPPER))
    assert "expected one coin, found 2" in find_coin(image, 60).reason
    assert find_coin(image, 60, color=np.array(COPPER) / 255).pixel_size[0] == pytest.approx(1, rel=3e-3)


def lobed(lobes):
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    return circle(50) * (1 + 0.03 * np.cos(lobes * angles))[:, np.newaxis]


@pytest.mark.parametrize(
    "outline",
    [
        circle(50) * (1, 0.8),
        rectangle(80, 80),
        lobed(3),
        lobed(5),
        circle(50, 8),
        np.sign(circle(50)) * np.abs(circle(1)) ** 0.8 * 50,
        circle(50)[:180],
    ],
    ids=["ellipse", "square", "three lobes", "five lobes", "octagon", "superellipse", "half a disk"],
)
def test_what_merely_looks_round_is_refused(outline):
    scale = find_coin(sheet((outline + (150, 200), SILVER)), 100)
    assert not scale.is_known
    assert np.isnan(scale.pixel_size).all()


@pytest.mark.parametrize("covered", [0.4, 0.6])
def test_a_hidden_coin_is_refused(covered):
    image = sheet(disk(50, (150, 200), SILVER), (rectangle(120, 100) + (150, 300 - 100 * covered), (90, 75, 40)))
    assert not find_coin(image, 100).is_known


def test_gray_images_are_read():
    image = sheet(disk(40, (150, 200), SILVER))[..., 1]
    assert find_coin(np.ascontiguousarray(image), 80).pixel_size[0] == pytest.approx(1, rel=3e-3)


def test_where_no_coin_is_found_it_says_what_was_looked_for():
    """A disk of 80 pixels is found, one of 20 is not, nor one a gray level darker than the paper."""
    for radius, gray in ((40, 120), (10, 120), (40, 234)):
        image = np.full((200, 300, 3), 235, np.uint8)
        image = cv2.circle(image, (150, 100), radius, (gray, gray, gray), -1, cv2.LINE_AA)
        found = find_coin(image, 20)
        assert found.is_known == ((radius, gray) == (40, 120))
        if not found.is_known:
            assert "at least 24 pixels across" in found.reason
            assert "at least 2 gray levels" in found.reason
            assert "shorter axis at least 85%" in found.reason
            assert "Try paper brighter or darker" in found.reason
