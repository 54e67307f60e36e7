"""Cropping: nothing is cut off, nothing transparent shows, and the map leads back to the photo."""

import numpy as np
import pytest
from scipy.ndimage import rotate
from skimage.data import astronaut, horse

from featkit import ForegroundCropper, check_image_estimator, join_alpha
from featkit.exceptions import ImageValueWarning
from featkit.image import transform_points
from featkit.preprocessing.geometry import crop_foreground, foreground_crop_map

rng = np.random.default_rng(0)
EVERY_WAY = [
    {"keep_aspect": keep_aspect, "center": center, "rotate": turn}
    for keep_aspect in (True, False)
    for center in ("box", "mass")
    for turn in (True, False)
]


def blob(height=60, width=80, angle=0.0):
    """A soft-edged drop with its thin tail on the right, turned counter-clockwise by angle."""
    row, col = np.mgrid[: height * 4, : width * 4] / 4
    half = np.where(
        col < 30, 10 * np.sqrt(np.clip(1 - ((col - 30) / 10) ** 2, 0, 1)), 10 * np.clip((60 - col) / 30, 0, 1)
    )
    drop = (abs(row - height / 2) < half).astype(float).reshape(height, 4, width, 4).mean(axis=(1, 3))
    drop = rotate(drop, angle, order=1)
    return np.where(drop < 0.05, 0, np.minimum(drop, 1))


def picture(alpha, color=(0.9, 0.4, 0.1)):
    image = np.empty((*alpha.shape, 4))
    image[..., :3] = color
    image[..., 3] = alpha
    return image


def test_whole_image_on_a_canvas_of_its_size_is_itself():
    image = astronaut()[:40, :50]
    crop = crop_foreground(image, height=40, width=50, margin=0)
    assert np.array_equal(crop[..., :3], image)
    assert (crop[..., 3] == 255).all()


def test_shrinking_by_a_whole_number_is_the_mean_of_blocks():
    image = rng.random((24, 36, 3))
    crop = crop_foreground(image, height=4, width=12, margin=0, keep_aspect=False)
    assert np.allclose(crop[..., :3], image.reshape(4, 6, 12, 3, 3).mean(axis=(1, 3)), atol=1e-5)


def test_shrunk_checkerboard_is_gray_not_moire():
    board = (np.indices((100, 100)).sum(axis=0) % 2).astype(np.uint8) * 255
    inner = crop_foreground(board, height=30, width=30, margin=0)[1:-1, 1:-1, 0]
    assert np.abs(inner.astype(int) - 128).max() < 20


def test_enlarging_is_bilinear_between_pixel_centres():
    image = np.array([[0.0, 1.0]])
    crop = crop_foreground(image, height=1, width=4, margin=0, keep_aspect=False)
    assert np.allclose(crop[0, :, 0], [0, 0.25, 0.75, 1])
    assert np.array_equal(crop[0, :, 3], [1, 1, 1, 1])


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
@pytest.mark.parametrize("size", [(16, 16), (50, 21), (30, 200)], ids=str)
@pytest.mark.parametrize("angle", [0, 33, 117])
def test_nothing_is_cut_off(way, size, angle):
    """With no margin, the alpha of the canvas, times the area of its pixels, sums up to that of the photo."""
    image = picture((blob(angle=angle) >= 0.5).astype(float))
    crop_map = foreground_crop_map(image, height=size[0], width=size[1], margin=0, **way)
    crop = crop_foreground(image, height=size[0], width=size[1], margin=0, **way)
    area = abs(np.linalg.det(crop_map[:, :2]))
    assert crop[..., 3].sum() * area == pytest.approx(image[..., 3].sum(), rel=0.01)


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
def test_corners_of_every_foreground_pixel_lie_on_the_canvas(way):
    image = picture(blob(angle=20))
    height, width, margin = 40, 64, 0.1
    crop_map = foreground_crop_map(image, height=height, width=width, margin=margin, **way)
    centers = np.argwhere(image[..., 3] >= 0.5)
    corners = np.concatenate([centers + [r, c] for r in (-0.5, 0.5) for c in (-0.5, 0.5)])
    in_crop = np.linalg.solve(crop_map[:, :2], (corners - crop_map[:, 2]).T).T + 0.5
    size = np.array([height, width])
    assert (in_crop >= margin * size - 1e-9).all()
    assert (in_crop <= (1 - margin) * size + 1e-9).all()
    touched = np.isclose(in_crop.min(axis=0), margin * size, atol=1e-6) | np.isclose(
        in_crop.max(axis=0), (1 - margin) * size, atol=1e-6
    )
    if not way["rotate"]:  # a turned pixel is given its whole box
        assert touched.all() if not way["keep_aspect"] else touched.any()


def test_box_or_centre_of_mass_in_the_middle():
    image = picture(blob())
    rows, cols = np.nonzero(image[..., 3] >= 0.5)
    box_middle = (rows.min() + rows.max()) / 2, (cols.min() + cols.max()) / 2
    weight = np.where(image[..., 3] >= 0.5, image[..., 3], 0)
    weight /= weight.sum()
    mass_middle = (weight * np.indices(weight.shape)).sum(axis=(1, 2))
    for center, expected in (("box", box_middle), ("mass", mass_middle)):
        crop_map = foreground_crop_map(image, height=31, width=51, center=center)
        assert np.allclose(transform_points([15, 25], crop_map), expected, atol=1e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
@pytest.mark.parametrize("stray", ["two pixels", "haze everywhere", "a smear just below one half"])
def test_what_is_fainter_than_one_half_does_not_move_the_crop(dtype, way, stray):
    """Cut-outs of networks have faint alpha far from the object."""
    clean = picture(blob(angle=20))
    clean[clean[..., 3] < 0.5] = 0
    dirty = clean.copy()
    if stray == "two pixels":
        dirty[1, 2, 3], dirty[-2, -3, 3] = 1 / 255, 2 / 255
    elif stray == "haze everywhere":
        dirty[..., 3] = np.maximum(dirty[..., 3], 3 / 255)
    else:
        dirty[:, :4, 3] = 127 / 255
    white = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    clean, dirty = ((image * white).round(6 if white == 1 else 0).astype(dtype) for image in (clean, dirty))
    expected = foreground_crop_map(clean, height=40, width=50, **way)
    np.testing.assert_array_equal(foreground_crop_map(dirty, height=40, width=50, **way), expected)


def test_only_faint_alpha_is_an_empty_foreground():
    image = picture(np.full((9, 9), 0.4))
    with pytest.warns(ImageValueWarning, match="reaches one half of opaque"):
        assert np.isnan(foreground_crop_map(image, height=4, width=4)).all()
    with pytest.warns(ImageValueWarning, match="reaches one half of opaque"):
        assert not crop_foreground(image, height=4, width=4).any()


def test_aspect_is_kept_or_stretched():
    image = picture(np.pad(np.ones((10, 40)), 5))
    kept = foreground_crop_map(image, height=20, width=20, margin=0)
    stretched = foreground_crop_map(image, height=20, width=20, margin=0, keep_aspect=False)
    assert np.allclose(kept[:, :2], [[2, 0], [0, 2]])
    assert np.allclose(stretched[:, :2], [[0.5, 0], [0, 2]])


@pytest.mark.parametrize("angle", range(-175, 180, 25))
def test_turned_upright_with_the_tail_down(angle):
    upright = crop_foreground(picture(blob()), height=48, width=48, rotate=True)[..., 3]
    found = crop_foreground(picture(blob(angle=angle)), height=48, width=48, rotate=True)[..., 3]
    thickness = upright.sum(axis=1)
    assert thickness[6:16].sum() > 2 * thickness[-16:-6].sum()
    assert np.abs(found - upright).mean() < 0.04


def test_turned_along_a_wide_canvas_with_the_tail_to_the_right():
    for angle in (10, 100, 190, 280):
        crop = crop_foreground(picture(blob(angle=angle)), height=20, width=48, rotate=True)[..., 3]
        assert crop[:, 3:20].sum() > 1.5 * crop[:, -20:-3].sum()


def test_of_two_like_ends_the_smaller_turn():
    ellipse = picture(np.hypot(*((np.indices((61, 61)) - 30) / np.array([25, 8]).reshape(2, 1, 1))) < 1)
    for angle in (-60, -20, 30, 80):
        turned = picture(rotate(ellipse[..., 3], angle, order=1))
        crop_map = foreground_crop_map(turned, height=32, width=32, rotate=True)
        down = crop_map[:, 0] / np.linalg.norm(crop_map[:, 0])
        assert np.allclose(down, [np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))], atol=0.01)


def test_what_has_no_longest_axis_is_not_turned():
    square = picture(np.pad(np.ones((10, 10)), 6))
    assert np.array_equal(
        foreground_crop_map(square, height=20, width=30, rotate=True),
        foreground_crop_map(square, height=20, width=30),
    )


def test_nothing_is_mirrored():
    letter = np.zeros((40, 40))
    letter[5:35, 8:14] = letter[29:35, 8:30] = 1
    for angle in (0, 70, 200):
        crop_map = foreground_crop_map(picture(rotate(letter, angle, order=1)), height=32, width=32, rotate=True)
        assert np.linalg.det(crop_map[:, :2]) > 0


def test_colour_under_alpha_0_does_not_bleed():
    alpha = blob(angle=15)
    image = picture(alpha)
    image[alpha == 0, :3] = [0, 1, 1]
    for size, turn in ((20, True), (90, True), (33, False)):
        crop = crop_foreground(image, height=size, width=size, rotate=turn)
        seen = crop[..., 3] > 0
        assert np.allclose(crop[seen][:, :3], [0.9, 0.4, 0.1], atol=1e-4)
        assert (crop[~seen] == 0).all()


def test_map_leads_to_the_same_place_in_the_photo():
    """A spot painted on the photo is found in the crop where the map says."""
    photo = picture(blob(angle=40), color=(0, 0, 0))
    middle = (photo[..., 3] * np.indices(photo.shape[:2])).sum(axis=(1, 2)) / photo[..., 3].sum()
    spot = middle + [1.3, -0.6]
    distance = np.hypot(*(np.indices(photo.shape[:2]) - spot.reshape(2, 1, 1)))
    photo[..., 0] = np.exp(-((distance / 2.5) ** 2))
    for way in EVERY_WAY:
        crop = crop_foreground(photo, height=57, width=90, **way)
        red = crop[..., 0] * crop[..., 3]
        found = (red * np.indices(red.shape)).sum(axis=(1, 2)) / red.sum()
        crop_map = foreground_crop_map(photo, height=57, width=90, **way)
        assert np.allclose(transform_points(found, crop_map), spot, atol=0.25)


def test_beyond_the_photo_is_transparent():
    crop = crop_foreground(np.full((10, 20), 77, np.uint8), height=20, width=20, margin=0)
    assert np.array_equal(np.unique(crop[5:15, :, :3]), [77])
    assert (crop[5:15, :, 3] == 255).all()
    assert (crop[:5] == 0).all()
    assert (crop[15:] == 0).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_dtype_stays_and_alpha_is_added(dtype):
    assert crop_foreground(np.zeros((5, 6), dtype), height=7, width=8).dtype == dtype
    assert crop_foreground(np.zeros((5, 6, 3), dtype), height=7, width=8).shape == (7, 8, 4)


def test_mask_gives_a_mask():
    mask = ~horse()
    crop = crop_foreground(mask, height=64, width=64, margin=0)
    assert crop.dtype == bool
    assert crop.any(axis=0).all()
    picture_of_it = crop_foreground(join_alpha(mask, mask), height=64, width=64, margin=0)
    assert np.array_equal(crop, picture_of_it[..., 3] >= 128)


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
def test_empty_foreground_gives_an_empty_canvas_and_a_map_of_nan(way):
    image = np.full((6, 7, 4), 200, np.uint8)
    image[..., 3] = 0
    assert not crop_foreground(image, height=8, width=9, **way).any()
    assert np.isnan(foreground_crop_map(image, height=8, width=9, **way)).all()
    assert not crop_foreground(np.zeros((6, 7), bool), height=8, width=9, **way).any()
    assert np.isnan(transform_points([1, 2], foreground_crop_map(image, height=8, width=9))).all()


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (9, 2)], ids=str)
def test_tiny_foreground_fills_the_canvas_it_should(way, shape):
    image = picture(np.pad(np.ones(shape), 3))
    crop = crop_foreground(image, height=12, width=12, margin=0, **way)
    assert crop[5:7, 5:7, 3].min() > 0.5


def test_laws():
    cropper = ForegroundCropper(height=9, width=70, margin=0, keep_aspect=False, center="mass", rotate=True)
    check_image_estimator(cropper)
