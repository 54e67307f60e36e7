"""Haar's wavelets: stripes and squares by hand, squares looped over, and what must not matter."""

import numpy as np
import pytest
from skimage import data

from featkit import join_alpha
from featkit.features.frequency import wavelet_energies

IMAGE = data.brick()[:48, :64] / 255


def naive_energies(light, n_octaves):
    energies = []
    for _ in range(n_octaves):
        height, width = light.shape[0] // 2, light.shape[1] // 2
        means, sums = np.zeros((height, width)), np.zeros(3)
        for row, col in np.ndindex(height, width):
            (a, b), (c, d) = light[2 * row : 2 * row + 2, 2 * col : 2 * col + 2]
            means[row, col] = (a + b + c + d) / 4
            sums += np.abs([(a + b) - (c + d), (a + c) - (b + d), (a + d) - (b + c)]) / 4
        energies.extend(sums / means.size)
        light = means
    return energies


@pytest.mark.parametrize("shape", [(48, 64), (37, 51)])
def test_squares_one_by_one(shape):
    light = IMAGE[: shape[0], : shape[1]]
    assert wavelet_energies(light, n_octaves=4) == pytest.approx(naive_energies(light, 4), abs=1e-6)


def test_wide_stripes_lie_in_the_second_octave():
    stripes = np.tile(np.repeat([0.25, 0.75], 2)[:, np.newaxis], (4, 16))
    assert wavelet_energies(stripes, n_octaves=2) == pytest.approx([0, 0, 0, 0.25, 0, 0])


def test_light_and_mirrors_change_nothing_and_a_turn_swaps_down_and_across():
    expected = wavelet_energies(IMAGE / 2).reshape(4, 3)
    for same in (IMAGE / 2 + 0.4, IMAGE[::-1] / 2, IMAGE[:, ::-1] / 2):
        assert wavelet_energies(same).reshape(4, 3) == pytest.approx(expected, abs=1e-6)
    turned = wavelet_energies(np.rot90(IMAGE) / 2).reshape(4, 3)
    assert turned == pytest.approx(expected[:, [1, 0, 2]], abs=1e-6)


def test_a_square_counts_as_its_most_transparent_pixel():
    alpha = np.random.default_rng(0).random(IMAGE.shape)
    total, least = np.zeros(3), 0.0
    for row, col in np.ndindex(24, 32):
        (a, b), (c, d) = IMAGE[2 * row : 2 * row + 2, 2 * col : 2 * col + 2]
        weight = alpha[2 * row : 2 * row + 2, 2 * col : 2 * col + 2].min()
        total += weight * np.abs([(a + b) - (c + d), (a + c) - (b + d), (a + d) - (b + c)]) / 4
        least += weight
    assert wavelet_energies(join_alpha(IMAGE, alpha), n_octaves=1) == pytest.approx(total / least, abs=1e-6)


def test_only_squares_in_the_foreground_count():
    mask = np.zeros(IMAGE.shape, dtype=bool)
    mask[16:32, 16:48] = True
    found = wavelet_energies(join_alpha(IMAGE, mask))
    assert found == pytest.approx(wavelet_energies(IMAGE[16:32, 16:48]), abs=1e-6)


def test_an_octave_without_a_square_is_missing():
    energies = wavelet_energies(IMAGE[:7, :9], n_octaves=3).reshape(3, 3)
    assert np.isfinite(energies[:2]).all()
    assert np.isnan(energies[2]).all()
    assert np.isnan(wavelet_energies(join_alpha(IMAGE, np.zeros(IMAGE.shape, bool)))).all()
