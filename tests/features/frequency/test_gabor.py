"""Gabor energies: weighted means and deviations of the amplitudes, alpha, names."""

import numpy as np
import pytest
from skimage import data

from featkit import GaborBank, join_alpha
from featkit.features.frequency import gabor_amplitudes, gabor_energies, gabor_energies_names
from featkit.image import to_float
from featkit.parameters import InvalidParameterError


@pytest.fixture(scope="module")
def picture():
    return data.camera()[200:260, 150:220]


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


def test_transparent_pixels_count_as_the_mean_of_the_foreground(picture):
    inside = np.hypot(*(np.mgrid[:60, :70] - 32)) < 25
    light = to_float(picture)
    flat = np.where(inside, light, light[inside].mean())
    found = gabor_amplitudes(join_alpha(picture, inside), frequency=0.2)
    np.testing.assert_allclose(found, gabor_amplitudes(flat, frequency=0.2), atol=1e-5)


def test_dtypes_of_one_image_give_the_same_row():
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
