"""Gabor amplitudes: gratings, a plain sum, scikit-image's kernels."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data
from skimage.filters import gabor, gabor_kernel

from featkit.features.frequency import gabor_amplitudes, gabor_energies

SIGMA = 3 / np.pi * np.sqrt(np.log(2) / 2)  # times 1 / frequency, at a bandwidth of one octave


def grating(frequency, angle, *, amplitude=0.3, phase=0.0, size=128):
    row, col = np.mgrid[:size, :size] - size // 2
    along = col * np.cos(np.deg2rad(angle)) + row * np.sin(np.deg2rad(angle))
    return 0.5 + amplitude * np.cos(2 * np.pi * frequency * along + phase)


@pytest.fixture(scope="module")
def picture():
    return data.camera()[200:260, 150:220]


@pytest.mark.parametrize("frequency", [0.08, 0.125, 0.25])
@pytest.mark.parametrize("k", range(6))
@pytest.mark.parametrize("phase", [0.0, 1.0])
def test_a_grating_gives_its_amplitude_to_the_filter_made_for_it(frequency, k, phase):
    image = grating(frequency, 30 * k, phase=phase)
    amplitudes = gabor_amplitudes(image, frequency=frequency)[:, 50:78, 50:78]
    np.testing.assert_allclose(amplitudes[k], 0.3, rtol=0.01)
    assert amplitudes.mean(axis=(1, 2)).argmax() == k


@pytest.mark.parametrize(("frequency", "angle"), [(0.15, 0), (0.25, 0), (0.2, 20), (0.2, 150), (0.22, 75)])
def test_other_gratings_fade_like_a_gaussian_of_the_distance_in_frequency(frequency, angle):
    own = np.array([0.2, 0.0])
    other = frequency * np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])

    def gain(distance):
        return np.exp(-0.5 * (2 * np.pi * SIGMA / 0.2 * distance) ** 2)

    even_light = gain(np.linalg.norm(own)) * gain(np.linalg.norm(other))
    distance = min(np.linalg.norm(own - other), np.linalg.norm(own + other))  # a grating has no sign
    expected = 0.3 * (gain(distance) - even_light)
    found = gabor_amplitudes(grating(frequency, angle), frequency=0.2, orientations=4)[0, 50:78, 50:78]
    np.testing.assert_allclose(found.mean(), expected, atol=0.003)


@pytest.mark.parametrize("bandwidth", [0.7, 1.0, 1.5])
def test_bandwidth_is_the_octaves_between_the_frequencies_answered_half(bandwidth):
    ratio = 2**bandwidth
    low, high = 0.15 * 2 / (1 + ratio), 0.15 * 2 * ratio / (1 + ratio)  # half a width to either side of 0.15
    for frequency in (low, high):
        amplitudes = gabor_amplitudes(grating(frequency, 0), frequency=0.15, orientations=1, bandwidth=bandwidth)
        np.testing.assert_allclose(amplitudes[0, 50:78, 50:78].mean(), 0.15, rtol=0.05)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_even_light_gives_no_answer(level):
    assert np.abs(gabor_energies(np.full((40, 50), level), grid=(2, 2))).max() < 1e-6


def test_brightness_does_not_matter_and_contrast_is_a_factor(picture):
    light = picture / 255
    expected = gabor_energies(light)
    np.testing.assert_allclose(gabor_energies(0.5 * light + 0.4), 0.5 * expected, rtol=1e-3, atol=1e-6)


def test_a_quarter_turn_moves_the_answers_to_the_crossing_direction(picture):
    energies = gabor_energies(picture, orientations=4).reshape(3, 4, 2)
    turned = gabor_energies(np.rot90(picture), orientations=4).reshape(3, 4, 2)
    np.testing.assert_allclose(turned, energies[:, [2, 3, 0, 1]], rtol=1e-3)


def test_mirroring_swaps_the_slanted_directions(picture):
    amplitudes = gabor_amplitudes(picture, orientations=5)
    mirrored = gabor_amplitudes(picture[:, ::-1], orientations=5)[:, :, ::-1]
    np.testing.assert_allclose(mirrored, amplitudes[[0, 4, 3, 2, 1]], atol=1e-6)


@pytest.mark.parametrize(("frequency", "orientations"), [(0.3, 1), (0.25, 5), (0.2, 6)])
def test_amplitudes_are_those_of_a_plain_sum_over_the_neighbourhood(picture, frequency, orientations):
    amplitudes = gabor_amplitudes(picture, frequency=frequency, orientations=orientations)
    reach = int(np.ceil(3 * SIGMA / frequency))
    light = np.pad(picture / 255, reach, mode="symmetric")
    row, col = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    window = np.exp(-(row**2 + col**2) / (2 * (SIGMA / frequency) ** 2))
    window /= window.sum()
    for k in range(orientations):
        angle = np.pi * k / orientations
        wave = np.exp(2j * np.pi * frequency * (col * np.cos(angle) + row * np.sin(angle)))
        kernel = window * (wave - (window * wave).sum())
        for place in ((0, 0), (7, 31), (59, 69), (30, 2)):
            around = light[place[0] : place[0] + 2 * reach + 1, place[1] : place[1] + 2 * reach + 1]
            np.testing.assert_allclose(amplitudes[k][place], 2 * abs((kernel * around).sum()), atol=1e-5)


@pytest.mark.parametrize("frequency", [0.1, 0.25])
@pytest.mark.parametrize("k", range(4))
def test_amplitudes_equal_those_of_the_kernels_of_skimage_without_their_answer_to_even_light(picture, frequency, k):
    n_stds = 3 * np.sqrt(2) if k % 2 else 3  # skimage cuts slanted kernels shorter
    kernel = gabor_kernel(frequency, theta=np.pi * k / 4, bandwidth=1, n_stds=n_stds, dtype=np.complex128)
    window = np.abs(kernel) / np.abs(kernel).sum()
    kernel = kernel / np.abs(kernel).sum()
    kernel -= window * kernel.sum()
    light = picture / 255
    expected = 2 * np.hypot(
        ndimage.convolve(light, kernel.real, mode="reflect"), ndimage.convolve(light, kernel.imag, mode="reflect")
    )
    found = gabor_amplitudes(picture, frequency=frequency, orientations=4)[k]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_amplitudes_are_close_to_those_of_the_filter_of_skimage(picture):
    light = picture / 255
    even, odd = gabor(light - light.mean(), 0.25, theta=np.pi / 2, mode="reflect")
    found = gabor_amplitudes(picture, frequency=0.25, orientations=2)[1]
    np.testing.assert_allclose(found, 2 * np.hypot(even, odd), atol=0.01)
