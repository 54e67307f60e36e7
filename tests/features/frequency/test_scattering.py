"""Wavelet scattering: closed forms, a naive oracle in space, kymatio, and what leaves it unchanged."""

import importlib
import math
from itertools import product

import numpy as np
import pytest
from kymatio.scattering2d.frontend.numpy_frontend import ScatteringNumPy2D  # kymatio.numpy asks for an older SciPy
from skimage import data

from featkit import Scattering
from featkit.exceptions import ImageFormatError
from featkit.features.frequency import scattering, scattering_names
from featkit.features.frequency._morlet import morlet_wavelets
from featkit.parameters import InvalidParameterError

LIGHT_TAKEN_OUT = 1 - math.exp(-0.5 * (0.8 * 0.75 * math.pi) ** 2) ** 2  # a wavelet's answer to its own frequency
CAMERA = data.camera()[96:128, 180:220] / np.float32(255)


def by_path(image, **options):
    """Columns as an array (paths, cell rows, cell columns)."""
    n_octaves = options.get("n_octaves", 2)
    return scattering(image, **options).reshape(-1, *(side >> n_octaves for side in image.shape[:2]))


def paths_of(image, **options):
    n_octaves = options.get("n_octaves", 2)
    n_cells = math.prod(side >> n_octaves for side in image.shape[:2])
    names = scattering_names(image.shape, **options)
    return [name.split("_row")[0].removeprefix("scattering_") for name in names[::n_cells]]


# ---------------------------------------------------------------- closed forms


@pytest.mark.parametrize("octave", range(3))
@pytest.mark.parametrize("k", range(8))
def test_a_grating_gives_nearly_half_its_amplitude_to_its_own_wavelet(k, octave):
    row, col = np.mgrid[:96, :96]
    angle = math.pi * k / 8
    phase = 3 / 8 / 2**octave * 2 * math.pi * (col * math.cos(angle) + row * math.sin(angle))
    means = by_path(0.5 + 0.2 * np.cos(phase), n_octaves=3, order=1)[1:, 4:8, 4:8].mean(axis=(1, 2))
    assert means.argmax() == 8 * octave + k
    # the finest wavelet answers to the opposite direction as well, whose alias is near
    assert means.max() == pytest.approx(0.1 * LIGHT_TAKEN_OUT, rel=0.05 if octave == 0 else 0.01)


def test_even_light_is_its_own_mean_and_waves_nowhere():
    means = by_path(np.full((16, 24), 0.7))
    assert means[0] == pytest.approx(0.7, abs=1e-6)
    assert np.abs(means[1:]).max() < 1e-6


def test_strength_that_waves_shows_in_the_second_order_at_its_own_angle():
    row, col = np.mgrid[:64, :64]
    beat = 1 + np.cos(2 * math.pi * 3 / 32 * row)  # down the image, two octaves coarser
    image = 0.5 + 0.2 * beat / 2 * np.cos(2 * math.pi * 3 / 8 * col)
    found = dict(zip(paths_of(image, n_octaves=3), by_path(image, n_octaves=3)[:, 3:5, 3:5].mean(axis=(1, 2))))
    second = {path: mean for path, mean in found.items() if path.startswith("2_o0_a000")}
    assert max(second, key=second.get) == "2_o0_a000_o2_a090"
    passed = math.exp(-0.5 * (0.8 * 2 * 2 * math.pi * 3 / 32) ** 2)  # of the beat, by the finest wavelet
    assert second["2_o0_a000_o2_a090"] == pytest.approx(found["1_o0_a000"] * passed / 2, rel=0.1)


# ---------------------------------------------------------------- a naive oracle


def circular(image, wavelet):
    """Convolution in space with a wavelet given by its Fourier transform, on an image that repeats itself."""
    kernel = np.fft.ifft2(wavelet)
    height, width = image.shape
    answer = np.zeros(image.shape, complex)
    for row, col in product(range(height), range(width)):
        answer += kernel[row, col] * np.roll(image, (row, col), (0, 1))
    return answer


def naive_scattering(image, n_octaves, orientations):
    height, width = image.shape
    cell = 2**n_octaves
    margin = max(1, math.ceil(orientations / 5))
    padded_height, padded_width = (math.ceil(side / cell + 2 * margin) * cell for side in image.shape)
    top, left = (padded_height - height) // 2, (padded_width - width) // 2
    rows = [min(max(r, -1 - r), 2 * height - 1 - r) for r in range(-top, padded_height - top)]
    cols = [min(max(c, -1 - c), 2 * width - 1 - c) for c in range(-left, padded_width - left)]
    padded = image[np.ix_(rows, cols)]

    def window_means(field, step):
        n_rows, n_cols = height // cell, width // cell
        place_rows = np.arange(field.shape[0])[:, np.newaxis] * step - top
        place_cols = np.arange(field.shape[1]) * step - left
        means = np.empty((n_rows, n_cols))
        for r, c in product(range(n_rows), range(n_cols)):
            row = (height - 1) / 2 + (r - (n_rows - 1) / 2) * cell
            col = (width - 1) / 2 + (c - (n_cols - 1) / 2) * cell
            window = np.exp(-((place_rows - row) ** 2 + (place_cols - col) ** 2) / (2 * (0.4 * cell) ** 2))
            means[r, c] = (window * field).sum() / window.sum()
        return means

    first, second = [], []
    for octave in range(n_octaves):
        for wavelet in morlet_wavelets(padded.shape, octave, orientations):
            strength = np.abs(circular(padded, wavelet))[:: 2**octave, :: 2**octave]
            first.append(window_means(strength, 2**octave))
            for above in range(1, n_octaves - octave):
                for coarser in morlet_wavelets(strength.shape, above, orientations):
                    again = np.abs(circular(strength, coarser))[:: 2**above, :: 2**above]
                    second.append(window_means(again, 2 ** (octave + above)))
    return np.array([window_means(padded, 1), *first, *second])


@pytest.mark.parametrize(("shape", "n_octaves", "orientations"), [((16, 12), 2, 4), ((9, 15), 1, 3), ((8, 19), 3, 2)])
def test_convolving_in_space(shape, n_octaves, orientations):
    image = CAMERA[: shape[0], : shape[1]]
    means = by_path(image, n_octaves=n_octaves, orientations=orientations)
    np.testing.assert_allclose(means, naive_scattering(image, n_octaves, orientations), atol=2e-6)


def test_working_on_fewer_answers_at_once_changes_no_bit(monkeypatch):
    rows = scattering(CAMERA, n_octaves=3)
    for few in (1, 3 * 64 * 72):
        monkeypatch.setattr(importlib.import_module("featkit.features.frequency._scattering_paths"), "FEW_PIXELS", few)
        np.testing.assert_array_equal(scattering(CAMERA, n_octaves=3), rows)


def test_wavelets_that_are_not_kept_give_the_same(monkeypatch):
    rows = Scattering().fit_transform(CAMERA[np.newaxis])
    monkeypatch.setattr(importlib.import_module("featkit.features.frequency._scattering_paths"), "MOST_KEPT", 0)
    np.testing.assert_array_equal(Scattering().fit_transform(CAMERA[np.newaxis]), rows)
    np.testing.assert_array_equal(scattering(CAMERA), rows[0])


def test_the_opposite_border_does_not_show():
    image = np.full((32, 32), 0.5)
    image[28:] += 0.3 * np.cos(2 * np.pi * 3 / 16 * np.arange(32))
    strength = np.abs(by_path(image)[1:]).max(axis=(0, 2))
    assert strength[0] < 0.001 * strength[-1]


def test_what_is_transparent_shows_the_background():
    image = np.dstack([np.repeat(CAMERA[..., np.newaxis], 3, axis=2), np.tri(*CAMERA.shape)])
    for background in (0.0, 0.7):
        np.testing.assert_allclose(
            scattering(image, background=background),
            scattering(np.where(np.tri(*CAMERA.shape) > 0, CAMERA, background)),
            atol=1e-6,
        )


# ---------------------------------------------------------------- a second library


@pytest.mark.parametrize("n_octaves", [2, 3])
def test_kymatio_between_its_pixels(n_octaves):
    """kymatio's means stand at the upper left pixels of the cells; cubic interpolation takes them to the middles."""
    image = data.camera()[:96, 150:246] / np.float32(255)
    library = ScatteringNumPy2D(J=n_octaves, shape=image.shape, L=8)
    before = 2 ** (n_octaves - 1) - 2  # whole pixels, then half a pixel past the second of four
    moved = [[library(np.roll(image, (-row - before, -col - before), (0, 1))) for col in range(4)] for row in range(4)]
    cubic = np.array([-1, 9, 9, -1]) / 16
    expected = np.einsum("i,j,ij...->...", cubic, cubic, np.array(moved))
    first_orders = 1 + 8 * n_octaves
    angle = {k: (k - 1) % 8 for k in range(8)}  # kymatio counts down, from the other axis
    order = [0] + [1 + 8 * octave + angle[k] for octave in range(n_octaves) for k in range(8)]
    octaves = range(n_octaves)
    pairs = [(o, k, p, m) for o in octaves for k in range(8) for p in octaves[o + 1 :] for m in range(8)]
    order += [first_orders + pairs.index((o, angle[k], p, angle[m])) for o, k, p, m in pairs]
    inside = (slice(None), slice(3, -3), slice(3, -3))
    found, expected = by_path(image, n_octaves=n_octaves)[inside], expected[order][inside]
    assert np.abs(found - expected).max() < 0.05 * expected[1:].max()  # each thins out its own pixels
    assert np.linalg.norm((found - expected)[1:]) < 0.02 * np.linalg.norm(expected[1:])
    for means, theirs in zip(found, expected):
        assert np.corrcoef(means.ravel(), theirs.ravel())[0, 1] > 0.99


# ---------------------------------------------------------------- what leaves it unchanged


def test_a_factor_of_the_light_is_one_of_the_means_and_an_offset_moves_the_mean_alone():
    means = by_path(CAMERA)
    np.testing.assert_allclose(by_path(CAMERA * 0.25), means * 0.25, atol=1e-6)
    brighter = by_path(CAMERA * 0.5 + 0.3)
    np.testing.assert_allclose(brighter[0], means[0] * 0.5 + 0.3, atol=1e-6)
    np.testing.assert_allclose(brighter[1:], means[1:] * 0.5, atol=1e-6)


def test_a_mirror_mirrors_cells_and_angles():
    names, means = paths_of(CAMERA), by_path(CAMERA)
    turned = dict(zip(names, by_path(CAMERA[:, ::-1])[:, :, ::-1]))
    opposite = {f"a{180 * k / 8:03.0f}": f"a{180 * (8 - k) % (180 * 8) / 8:03.0f}" for k in range(8)}
    for name, mean in zip(names, means):
        mirrored = "_".join(opposite.get(part, part) for part in name.split("_"))
        np.testing.assert_allclose(turned[mirrored], mean, atol=0.02 * means[1:].max())


def test_a_small_move_changes_means_less_than_pixels():
    image, moved = (data.camera()[100:164, start : start + 64] / 255 for start in (200, 201))
    change = np.linalg.norm(scattering(image) - scattering(moved)) / np.linalg.norm(scattering(image))
    assert change < 0.6 * np.linalg.norm(image - moved) / np.linalg.norm(image)


# ---------------------------------------------------------------- names and refusals


def test_names_count_and_order():
    names = scattering_names((40, 72), n_octaves=3, orientations=4)
    assert (
        len(names) == (1 + 3 * 4 + 16 * 3) * 5 * 9 == len(scattering(np.zeros((40, 72)), n_octaves=3, orientations=4))
    )
    assert names == sorted(names)
    assert names[0] == "scattering_0_row0_col0"
    assert "scattering_1_o0_a022_row0_col0" in scattering_names((8, 8))
    assert scattering_names((8, 8))[-1] == "scattering_2_o0_a158_o1_a158_row1_col1"
    assert names[-1] == "scattering_2_o1_a135_o2_a135_row4_col8"
    assert len(scattering_names((40, 72), order=1)) == (1 + 2 * 8) * 10 * 18


def test_too_small_an_image_is_told_what_to_do():
    with pytest.raises(ImageFormatError, match=r"at least 8 x 8 pixels for 3 octaves, got 7 x 20.*Resizer"):
        scattering(np.zeros((7, 20)), n_octaves=3)
    with pytest.raises(ImageFormatError, match="at least 4 x 4"):
        Scattering().fit(np.zeros((2, 3, 9)))


def test_numpys_small_integers_are_numbers():
    image = np.zeros((256, 256))
    assert len(scattering(image, n_octaves=np.uint8(8), orientations=np.uint8(2), order=1)) == 1 + 2 * 8


@pytest.mark.parametrize(("name", "value"), [("n_octaves", 0), ("orientations", 2.5), ("order", 3)])
def test_numbers_out_of_range(name, value):
    with pytest.raises(InvalidParameterError, match=name):
        scattering(CAMERA, **{name: value})
