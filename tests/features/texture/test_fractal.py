"""Fractal dimensions: surfaces and outlines of known dimension, and what must not matter."""

import numpy as np
import pytest
from skimage import data
from skimage.draw import polygon2mask

from featkit import join_alpha
from featkit.features.texture import fractal_dimensions

RNG = np.random.default_rng(0)
ROW, COL = np.mgrid[-150:151, -150:151]


def brownian_surface(hurst, size=512):
    """Light whose power falls as frequency to the power -2 (H + 1)."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
    frequency[0, 0] = np.inf
    surface = np.fft.ifft2(np.fft.fft2(RNG.normal(size=(size, size))) * frequency ** -(hurst + 1)).real
    return (surface - surface.min()) / np.ptp(surface)


def koch_snowflake(n_rounds=6):
    """Mask with an outline of dimension log 4 / log 3."""
    corners = 400 + 400j + 380 * np.exp(2j * np.pi * np.arange(4) / 3)
    for _ in range(n_rounds):
        start, step = corners[:-1], np.diff(corners) / 3
        tip = start + step + step * np.exp(-1j * np.pi / 3)
        corners = np.append(np.stack([start, start + step, tip, start + 2 * step], axis=1).ravel(), corners[0])
    return polygon2mask((800, 800), np.stack([corners.real, corners.imag], axis=1))


@pytest.mark.parametrize("hurst", [0.3, 0.5, 0.7])
def test_brownian_light_has_dimension_3_less_hurst(hurst):
    assert fractal_dimensions(brownian_surface(hurst))[0] == pytest.approx(3 - hurst, abs=0.13)


def test_noise_fills_space_and_a_ramp_is_a_plane():
    assert fractal_dimensions(RNG.random((200, 200)))[0] == pytest.approx(3, abs=0.02)
    assert fractal_dimensions(COL / 300 + 0.5)[0] == pytest.approx(2, abs=1e-3)


def test_light_and_turns_do_not_matter():
    image = data.gravel()[:100, :120] / 255
    for same in (0.3 * image + 0.4, np.rot90(image), image[::-1]):
        assert fractal_dimensions(same)[0] == pytest.approx(fractal_dimensions(image)[0], abs=1e-4)


def test_a_disk_has_an_outline_of_dimension_1():
    assert fractal_dimensions(ROW**2 + COL**2 <= 140**2)[1] == pytest.approx(1, abs=0.06)


def test_the_outline_of_a_snowflake():
    assert fractal_dimensions(koch_snowflake())[1] == pytest.approx(np.log(4) / np.log(3), abs=0.07)


def test_scattered_pixels_fill_the_plane():
    assert fractal_dimensions(RNG.random((256, 256)) < 0.5)[1] == pytest.approx(2, abs=0.15)


def test_what_is_transparent_does_not_count():
    image = data.grass()[:60, :80]
    mask = np.zeros(image.shape, dtype=bool)
    mask[10:50, 20:70] = True
    repainted = np.where(mask, image, 0)
    assert fractal_dimensions(join_alpha(repainted, mask)) == pytest.approx(fractal_dimensions(join_alpha(image, mask)))
    assert fractal_dimensions(join_alpha(image, mask))[0] == pytest.approx(fractal_dimensions(image[10:50, 20:70])[0])


def test_pairs_are_weighted_by_the_product_of_their_alphas():
    image, alpha = data.grass()[:20, :24] / 255, RNG.random((20, 24))
    changes = []
    for distance in (1, 2, 4, 8):
        pairs = [((r, c), (r + distance, c)) for r, c in np.ndindex(20 - distance, 24)]
        pairs += [((r, c), (r, c + distance)) for r, c in np.ndindex(20, 24 - distance)]
        weight = np.array([alpha[one] * alpha[other] for one, other in pairs])
        change = np.array([abs(image[one] - image[other]) for one, other in pairs])
        changes.append((weight * change).sum() / weight.sum())
    slope = np.polyfit(np.log([1, 2, 4, 8]), np.log(changes), 1)[0]
    assert fractal_dimensions(join_alpha(image, alpha))[0] == pytest.approx(3 - slope, abs=1e-4)


@pytest.mark.parametrize("side", [200, 1500])
def test_one_white_pixel_is_not_flat_however_large_the_image(side):
    image = np.zeros((side, side), np.uint8)
    image[side // 2, side // 2] = 255
    assert fractal_dimensions(image)[0] == pytest.approx(3, abs=0.03)


def test_boxes_go_up_to_a_quarter_of_the_longer_side():
    outline = np.zeros((64, 64), bool)
    outline[:, 0] = outline[0] = outline[40, ::3] = True
    counts = []
    for size in (2, 4, 8, 16):
        boxes = outline.reshape(64 // size, size, 64 // size, size).any(axis=(1, 3))
        counts.append(boxes.sum())
    slope = np.polyfit(np.log([2, 4, 8, 16]), np.log(counts), 1)[0]
    assert fractal_dimensions(outline)[1] == pytest.approx(-slope, abs=1e-9)


def test_a_flat_image_is_a_plane():
    assert fractal_dimensions(np.full((30, 30), 90, np.uint8))[0] == 2


@pytest.mark.parametrize("image", [data.grass()[:8, :8], np.zeros((30, 30), bool)])
def test_where_there_is_no_dimension(image):
    assert np.isnan(fractal_dimensions(image)[0])
