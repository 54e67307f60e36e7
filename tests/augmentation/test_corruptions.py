"""Corruptions are measured in their own units."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn
from skimage import data, transform

from featkit import Corrupter, join_alpha
from featkit.augmentation import corrupt
from featkit.augmentation._kinds import KINDS, MOVING
from featkit.exceptions import ImageFormatError
from featkit.parameters import InvalidParameterError

SIDE = 101


def spot(side=SIDE):
    """A soft bright bar off the centre, long in one direction, far from the border."""
    rows, cols = np.indices((side, side))
    return np.exp(-(((rows - 50) / 4) ** 2 + ((cols - 50) / 12) ** 2)).astype(np.float32)


def moments(image):
    weights = image / image.sum(dtype=np.float64)
    rows, cols = np.indices(image.shape)
    center = np.array([(rows * weights).sum(), (cols * weights).sum()])
    row, col = rows - center[0], cols - center[1]
    covariance = np.array([[(a * b * weights).sum() for b in (row, col)] for a in (row, col)])
    return center, covariance


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(data.chelsea()[50:250, 100:300])


@pytest.mark.parametrize("stops", [-0.5, -1, -2])
def test_brightness_changes_the_mean_by_stops(photo, stops):
    assert np.log2(corrupt(photo, "brightness", stops).mean() / photo.mean()) == pytest.approx(stops, abs=0.02)


@pytest.mark.parametrize("factor", [0.75, 0.25])
def test_contrast_scales_the_spread_about_the_mean(photo, factor):
    changed = corrupt(photo, "contrast", factor)
    assert changed.mean() == pytest.approx(photo.mean(), rel=0.01)
    assert changed.std() == pytest.approx(factor * photo.std(), rel=0.01)


def test_gamma_is_the_exponent_or_its_inverse():
    images = np.full((20, 2, 2), 0.25) + np.linspace(0, 0.2, 20)[:, np.newaxis, np.newaxis]
    changed = Corrupter(kind="gamma", amount=2).transform(images)[:, 0, 0]
    exponents = np.log(changed) / np.log(images[:, 0, 0])
    assert set(np.round(exponents, 3)) == {0.5, 2.0}


def test_color_cast_parts_two_channels_by_stops():
    changed = corrupt(np.full((4, 4, 3), 0.25), "color_cast", 1.0)[0, 0]
    assert np.sort(np.log2(changed / 0.25)) == pytest.approx([-0.5, 0, 0.5], abs=1e-5)


def test_light_gradient_falls_by_stops_from_one_end_to_the_other():
    changed = np.log2(corrupt(np.ones((60, 80)), "light_gradient", 2))
    assert np.ptp(changed) == pytest.approx(2, abs=1e-4)
    assert np.abs(np.diff(changed, 2, axis=1)).max() < 1e-4  # a straight slope


def test_shadow_darkens_one_side_by_stops():
    changed = np.log2(corrupt(np.ones((200, 200)), "shadow", 1.5))
    assert changed.max() == pytest.approx(0, abs=0.01)
    assert changed.min() == pytest.approx(-1.5, abs=0.01)
    assert 0.2 < (changed < -0.75).mean() < 0.8


@pytest.mark.parametrize("pixels", [3, 10, 20])
def test_shift_moves_the_centroid_by_its_distance(pixels):
    before, after = moments(spot())[0], moments(corrupt(spot(), "shift", pixels / SIDE))[0]
    assert np.hypot(*(after - before)) == pytest.approx(pixels, abs=0.02)


@pytest.mark.parametrize("degrees", [5, 15, 30])
def test_rotation_turns_the_long_axis_by_degrees(degrees):
    covariance = moments(corrupt(spot(), "rotation", degrees))[1]
    axis = np.linalg.eigh(covariance).eigenvectors[:, 1]
    assert np.degrees(np.arccos(abs(axis[1]))) == pytest.approx(degrees, abs=0.2)


def test_scale_multiplies_lengths_by_the_factor_or_its_inverse():
    images = [spot() * np.float32(1 - k / 100) for k in range(12)]
    lengths = [np.sqrt(moments(image - image.min())[1][1, 1]) for image in images]
    scaled = [np.sqrt(moments(c - c.min())[1][1, 1]) for c in (corrupt(i, "scale", 1.25) for i in images)]
    assert {round(float(b / a), 2) for a, b in zip(lengths, scaled, strict=True)} == {0.8, 1.25}


def test_shear_leans_upright_lines_by_degrees():
    upright = spot().T
    covariance = moments(corrupt(upright, "shear", 20))[1]
    assert np.degrees(np.arctan(abs(covariance[0, 1]) / covariance[0, 0])) == pytest.approx(20, abs=0.3)


def test_elastic_moves_points_by_its_root_mean_square():
    """Where a slope of brightness moves by d columns, its values change by d."""
    slope = 0.05 + 0.9 * np.tile(np.linspace(0, 1, 201), (201, 1))
    moved = [corrupt(slope - k / 250, "elastic", 0.02) for k in range(10)]
    inside = np.s_[40:-40, 40:-40]
    cols = np.sqrt(np.mean([((m - slope + k / 250)[inside] / 0.0045) ** 2 for k, m in enumerate(moved)]))
    assert cols * np.sqrt(2) == pytest.approx(0.02 * 201, rel=0.3)


def test_blur_adds_its_variance():
    before, after = moments(spot())[1], moments(corrupt(spot(), "blur", 0.05))[1]
    assert np.diag(after - before) == pytest.approx([(0.05 * SIDE) ** 2] * 2, rel=0.03)


def test_noise_has_its_standard_deviation():
    changed = corrupt(np.full((200, 200), 0.5), "noise", 0.05)
    assert changed.std() == pytest.approx(0.05, rel=0.03)
    assert changed.mean() == pytest.approx(0.5, abs=0.001)


def jpeg_steps(image, quality):
    """Steps to which a gray file of Pillow rounds the 64 frequencies, row by row."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file).quantization[0])


@pytest.mark.parametrize("quality", [60, 25, 8])
def test_jpeg_rounds_the_frequencies_as_a_file_of_its_quality_does(quality):
    """After the change all 64 frequencies of every 8 x 8 block are multiples of the steps of another library's file."""
    gray = np.ascontiguousarray(data.camera()[100:228, 200:328])
    blocks = corrupt(gray, "jpeg", quality).reshape(16, 8, 16, 8).swapaxes(1, 2).astype(float) - 128
    inside = np.abs(blocks).max(axis=(2, 3)) < 120  # nothing was cut off at black or white
    steps = jpeg_steps(gray, quality)
    multiples = dctn(blocks, axes=(2, 3), norm="ortho")[inside].reshape(-1, 64) / steps
    coarse = steps >= 16  # well above the rounding of the pixels
    assert inside.sum() > 50
    assert coarse.sum() > 30
    assert np.abs(multiples - np.rint(multiples))[:, coarse].max() < 0.2


def test_jpeg_loses_more_at_lower_quality(photo):
    errors = [np.abs(corrupt(photo, "jpeg", q).astype(float) - photo).mean() for q in (95, 60, 25, 8)]
    assert errors == sorted(errors)
    assert errors[0] < 2.5 < errors[-1]


@pytest.mark.parametrize("kind", ["occlusion", "white_occlusion"])
@pytest.mark.parametrize("share", [0.05, 0.25])
def test_occlusion_covers_its_fraction(kind, share):
    image = 0.2 + 0.3 * spot()
    assert (corrupt(image, kind, share) != image).mean() == pytest.approx(share, rel=0.06)


@pytest.mark.parametrize("share", [0.02, 0.25])
def test_white_occlusion_is_one_white_patch_with_the_proportions_of_the_image(share):
    white = corrupt(np.full((120, 240, 3), 0.4), "white_occlusion", share) == 1
    rows, cols = np.nonzero(white.all(axis=2))
    height, width = np.ptp(rows) + 1, np.ptp(cols) + 1
    assert white.mean() == pytest.approx(share, rel=0.04)
    assert height * width == len(rows)
    assert width / height == pytest.approx(2, rel=0.05)


def test_clutter_puts_texture_behind_what_is_bright():
    changed = corrupt(spot(), "clutter", 0.5)
    assert changed[45:56, 45:56][spot()[45:56, 45:56] > 0.95].min() > 0.95
    corner = changed[:30, :30]
    assert corner.max() <= 0.5 + 1e-3
    assert corner.std() > 0.02


@pytest.mark.parametrize("kind", KINDS)
def test_severities_grow(kind, photo):
    small = transform.resize(photo, (96, 96)).astype(np.float32)
    severe = [Corrupter(kind=kind, severity=level).transform([small])[0] for level in range(1, 6)]
    distances = [np.abs(image - small).mean() for image in severe]
    assert distances[4] > distances[2] > distances[0] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_pipeline_sees_the_same_image(kind, photo):
    other = photo[::-1].copy()
    corrupter = Corrupter(kind=kind, random_state=3)
    together = corrupter.transform([photo, other])
    assert (corrupter.transform([other])[0] == together[1]).all()
    assert (Corrupter(kind=kind, random_state=3).transform([photo])[0] == together[0]).all()


@pytest.mark.parametrize("kind", ["shift", "noise", "occlusion", "clutter", "rotation"])
def test_another_seed_gives_another_image(kind, photo):
    results = [Corrupter(kind=kind, random_state=seed).transform([photo])[0] for seed in range(6)]
    assert any((result != results[0]).any() for result in results[1:])


@pytest.mark.parametrize("kind", KINDS)
def test_alpha_moves_with_the_image_and_is_else_kept(kind, photo):
    mask = np.zeros(photo.shape[:2], dtype=bool)
    mask[60:140, 40:160] = True
    image = join_alpha(photo, mask)
    alpha = corrupt(image, kind, KINDS[kind][1][4])[..., 3]
    assert ((alpha != image[..., 3]).any()) == (kind in MOVING)


def test_spread_reaches_from_no_change_to_the_amount():
    images = [spot() * (1 - k / 100) for k in range(40)]
    moved = Corrupter(kind="shift", amount=0.2, spread=True).transform(images)
    distances = [np.hypot(*(moments(m)[0] - 50)) / SIDE for m in moved]
    assert max(distances) <= 0.2 + 1e-3
    assert np.mean(distances) == pytest.approx(0.1, abs=0.03)


def test_a_gray_image_has_no_color_cast():
    gray = np.linspace(0, 1, 12).reshape(3, 4)
    np.testing.assert_allclose(corrupt(gray, "color_cast", 1.0), gray, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("scale", 0), ("scale", float("inf")), ("shift", float("nan")), ("shear", 90), ("occlusion", 1.5), ("jpeg", 0)]
    + [("shift", 2), ("gamma", 0), ("blur", -0.1), ("noise", -1)]
    + [("contrast", -1), ("clutter", 2), ("brightness", float("inf"))],
)
def test_an_amount_that_cannot_be_is_told(kind, amount):
    image = np.full((8, 8), 100, np.uint8)
    with pytest.raises(InvalidParameterError, match="'amount' parameter must be"):
        corrupt(image, kind, amount)
    with pytest.raises(InvalidParameterError, match="'amount' parameter must be"):
        Corrupter(kind=kind, amount=amount).fit_transform([image])


@pytest.mark.parametrize("kind", KINDS)
def test_no_change_is_none(kind, photo):
    changed = corrupt(photo, kind, KINDS[kind].neutral)
    if kind == "jpeg":
        assert np.abs(changed.astype(int) - photo).mean() < 3
    else:
        np.testing.assert_array_equal(changed, photo)
        assert not np.shares_memory(changed, photo)


# Half-transparent pixels keep their colour


def half_transparent(dtype=np.uint8):
    """A half-transparent blue pixel beside an opaque red one, and nothing beside them."""
    white = 1 if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max
    image = np.zeros((1, 3, 4))
    image[0, 0] = [0, 0, 200 / 255, 128 / 255]
    image[0, 1] = [1, 0, 0, 1]
    return (image * white).astype(dtype)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"jpeg"}))
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_no_change_leaves_half_transparent_pixels_as_they_are(kind, dtype):
    image = half_transparent(dtype)
    np.testing.assert_array_equal(corrupt(image, kind, KINDS[kind].neutral), image)


def test_dimming_does_not_mix_a_half_transparent_colour_with_the_others():
    dimmed = corrupt(half_transparent(), "brightness", -1)
    assert dimmed[0, :2].tolist() == [[0, 0, 100, 128], [128, 0, 0, 255]]


@pytest.mark.parametrize(("kind", "amount"), [("brightness", -1e-9), ("gamma", 1 + 1e-9), ("noise", 1e-9)])
def test_many_small_changes_do_not_accumulate(kind, amount):
    image = half_transparent()
    for seed in range(20):
        image = corrupt(image, kind, amount, random_state=seed)
    np.testing.assert_array_equal(image[0, :2], half_transparent()[0, :2])


@pytest.mark.parametrize("kind", KINDS)
def test_colours_under_alpha_0_do_not_matter(kind, photo):
    alpha = np.zeros((48, 48), np.uint8)
    alpha[10:30, 8:40] = 255
    alpha[30:34, 8:40] = 90
    image, other = (np.dstack([color[:48, :48], alpha]) for color in (photo, photo[::-1]))
    other[alpha > 0] = image[alpha > 0]
    amount = KINDS[kind].amounts[3]
    np.testing.assert_array_equal(corrupt(image, kind, amount), corrupt(other, kind, amount))


# Narrow images


@pytest.mark.parametrize("shape", [(1, 200), (200, 1), (1, 200, 3)])
def test_light_falls_by_its_stops_along_one_row_too(shape):
    """In one row the light falls from the first pixel to the last, from 0 stops on, whatever the direction drawn."""
    for seed in range(8):
        stops = np.log2(corrupt(np.ones(shape), "light_gradient", 2.0, random_state=seed)).ravel()
        assert stops.max() == pytest.approx(0, abs=1e-6)
        assert stops.min() == pytest.approx(-2, abs=1e-6)


@pytest.mark.parametrize("shape", [(1, 100), (100, 1)])
def test_a_shadow_is_on_one_side_of_a_row(shape):
    shaded = [np.log2(corrupt(np.ones(shape), "shadow", 1.0, random_state=seed)) < -0.5 for seed in range(12)]
    assert all(0.3 < side.mean() < 0.7 for side in shaded)


def test_one_pixel_is_dimmed_by_half_of_the_stops():
    assert np.log2(corrupt(np.ones((1, 1)), "light_gradient", 2.0))[0, 0] == pytest.approx(-1)


@pytest.mark.parametrize("kind", ["occlusion", "white_occlusion"])
@pytest.mark.parametrize(
    ("shape", "fraction", "covered"),
    [
        ((20, 30), 0.0, 0),
        ((8, 8), 0.001, 0),
        ((1, 100), 0.25, 25),
        ((200, 2), 0.05, 20),
        ((1, 1), 0.2, 0),
        ((1, 1), 1, 1),
    ],
)
def test_occlusion_covers_its_fraction_of_small_and_narrow_images(kind, shape, fraction, covered):
    image = np.full(shape, 0.3, np.float32)
    assert (corrupt(image, kind, fraction) != image).sum() == covered


@pytest.mark.parametrize("image", [np.zeros((4, 4, 2)), np.full((4, 4), 300.0), np.zeros((4, 4), np.int64), [[1, 2]]])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ImageFormatError):
        corrupt(image, "shift", 0.1)


@pytest.mark.parametrize(("options", "name"), [({"kind": "rain"}, "kind"), ({"random_state": -1}, "random_state")])
def test_parameters_are_checked_as_those_of_the_class(options, name):
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter"):
        corrupt(np.zeros((4, 4)), **{"kind": "shift", "amount": 0.1, **options})
