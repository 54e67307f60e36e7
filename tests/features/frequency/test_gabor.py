import numpy as np
import pytest
from scipy import ndimage
from skimage import data
from skimage.filters import gabor, gabor_kernel

from featkit import GaborBank, join_alpha
from featkit.features.frequency import gabor_amplitudes, gabor_energies, gabor_energies_names
from featkit.image import to_float
from featkit.parameters import InvalidParameterError

SIGMA = 3 / np.pi * np.sqrt(np.log(2) / 2)  # times 1 / frequency, at a bandwidth of one octave


def grating(frequency, angle, *, amplitude=0.3, phase=0.0, size=128):
    row, col = np.mgrid[:size, :size] - size // 2
    along = col * np.cos(np.deg2rad(angle)) + row * np.sin(np.deg2rad(angle))
    return 0.5 + amplitude * np.cos(2 * np.pi * frequency * along + phase)


@pytest.fixture(scope="module")
def picture():
    return data.camera()[200:260, 150:220]


# Closed forms


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


# Oracle written out, and second library


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


@pytest.mark.parametrize("grid", [(1, 1), (2, 3)])
def test_energies_are_weighted_means_and_deviations_of_the_amplitudes(picture, grid):
    alpha = np.random.default_rng(0).integers(0, 256, picture.shape, dtype=np.uint8)
    for image, weights in ((picture, np.ones(picture.shape)), (join_alpha(picture, alpha), alpha / 255)):
        found = gabor_energies(image, frequencies=[0.1, 0.25], orientations=3, grid=grid).reshape(*grid, 2, 3, 2)
        for index, frequency in enumerate((0.1, 0.25)):
            amplitudes = gabor_amplitudes(image, frequency=frequency, orientations=3)
            for row, rows in enumerate(np.array_split(np.arange(60), grid[0])):
                for col in range(grid[1]):
                    cols = np.arange(col * 70 // grid[1], (col + 1) * 70 // grid[1])
                    inside = np.ix_(rows, cols)
                    for k in range(3):
                        mean = np.average(amplitudes[k][inside], weights=weights[inside])
                        variance = np.average((amplitudes[k][inside] - mean) ** 2, weights=weights[inside])
                        np.testing.assert_allclose(found[row, col, index, k], [mean, np.sqrt(variance)], rtol=1e-4)


# Kinds of images


def test_transparent_pixels_count_as_the_mean_of_the_foreground(picture):
    inside = np.hypot(*(np.mgrid[:60, :70] - 32)) < 25
    light = to_float(picture)
    flat = np.where(inside, light, light[inside].mean())
    found = gabor_amplitudes(join_alpha(picture, inside), frequency=0.2)
    np.testing.assert_allclose(found, gabor_amplitudes(flat, frequency=0.2), atol=1e-5)


def test_dtypes_of_one_picture_give_the_same_row():
    image = data.astronaut()[:60, 100:170]
    expected = gabor_energies(image)
    for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
        np.testing.assert_allclose(gabor_energies(same), expected, rtol=1e-4)


def test_images_smaller_than_the_filters_are_mirrored_over_and_over():
    small = np.random.default_rng(0).integers(0, 256, (3, 5), dtype=np.uint8)
    tiled = np.pad(small, 60, mode="symmetric")
    expected = gabor_amplitudes(tiled, frequency=0.1)[:, 60:63, 60:65]
    np.testing.assert_allclose(gabor_amplitudes(small, frequency=0.1), expected, atol=1e-5)
    assert np.isfinite(gabor_energies(small[:1, :1])).all()


def test_cells_without_foreground_are_nan(picture):
    alpha = np.zeros(picture.shape, np.uint8)
    assert np.isnan(gabor_energies(join_alpha(picture, alpha))).all()
    alpha[:30] = 255
    upper, lower = gabor_energies(join_alpha(picture, alpha), grid=(2, 1)).reshape(2, -1)
    assert np.isfinite(upper).all()
    assert np.isnan(lower).all()


def test_rows_of_a_batch_of_unequal_images(picture):
    images = [picture, picture[:20], np.dstack([picture] * 3)]
    bank = GaborBank(frequencies=(0.1, 0.3), orientations=4, grid=(1, 2))
    rows = bank.fit_transform(images)
    parameters = bank.get_params()
    np.testing.assert_array_equal(rows, [gabor_energies(image, **parameters) for image in images])
    names = bank.get_feature_names_out()
    assert rows.shape == (3, len(names))
    assert names[0] == "gabor_row0_col0_f0_1_a000_mean"
    assert names[-1] == "gabor_row0_col1_f0_3_a135_std"


def test_names_of_the_defaults():
    names = gabor_energies_names()
    assert len(names) == 36
    assert names[3] == "gabor_f0_0625_a030_std"
    assert gabor_energies_names(frequencies=[0.00002, 0.1 + 0.2], orientations=1)[::2] == [
        "gabor_f0_00002_a000_mean",
        "gabor_f0_3_a000_mean",
    ]


@pytest.mark.parametrize("frequencies", [[0], [0.6], [], ["a"], [0.1, 0.1], [0.1, 0.1 + 1e-9], [np.nan], [0.1, np.nan]])
def test_frequencies_are_distinct_and_below_that_of_the_pixels(picture, frequencies):
    with pytest.raises(InvalidParameterError, match="frequencies"):
        GaborBank(frequencies=frequencies).fit_transform([picture])
