"""Power spectrum: gratings and noise of a known slope, a naive Fourier sum, and what must not matter."""

import numpy as np
import pytest
from skimage import data

from featkit import join_alpha
from featkit.features.frequency import power_spectrum, power_spectrum_names

RNG = np.random.default_rng(0)


def named(image, **parameters):
    return dict(zip(power_spectrum_names(**parameters), power_spectrum(image, **parameters)))


@pytest.mark.parametrize(("frequency", "octave"), [(0.4, 0), (0.18, 1), (0.09, 2), (0.045, 3), (0.023, 4)])
@pytest.mark.parametrize("degrees", [0, 30, 90, 150])
def test_a_grating_lies_in_its_octave_and_sector(frequency, octave, degrees):
    row, col = np.mgrid[:256, :256]
    phase = 2 * np.pi * frequency * (col * np.cos(np.radians(degrees)) + row * np.sin(np.radians(degrees)))
    shares = named(0.5 + 0.3 * np.cos(phase))
    assert shares[f"spectrum_octave_{octave:02d}"] > 0.9
    assert shares[f"spectrum_angle_{degrees:03d}"] > 0.9


@pytest.mark.parametrize("slope", [0.0, -1.0, -2.0])
def test_noise_has_the_slope_it_was_made_with(slope):
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(512), np.fft.fftfreq(512)))
    frequency[0, 0] = 1
    noise = np.fft.ifft2(np.fft.fft2(RNG.normal(size=(512, 512))) * frequency ** (slope / 2)).real
    image = (noise - noise.min()) / np.ptp(noise)
    assert named(image)["spectrum_slope"] == pytest.approx(slope, abs=0.1)


@pytest.mark.parametrize("alpha", [np.ones((9, 12)), RNG.random((9, 12))], ids=["opaque", "soft alpha"])
def test_a_naive_fourier_sum_agrees(alpha):
    image = RNG.random((9, 12))
    row, col = np.indices(image.shape)
    window = np.outer(np.hanning(11)[1:-1], np.hanning(14)[1:-1]) * alpha
    light = (image - (alpha * image).sum() / alpha.sum()) * window
    light -= window * light.sum() / window.sum()
    octaves, sectors = np.zeros(2), np.zeros(3)
    for i in range(-4, 5):
        for j in range(-6, 6):
            frequency = np.hypot(i / 9, j / 12)
            if frequency > 0:
                power = abs((light * np.exp(-2j * np.pi * (i * row / 9 + j * col / 12))).sum()) ** 2
                octaves[0 if frequency > 0.25 else 1] += power
                sectors[round(np.degrees(np.arctan2(i / 9, j / 12)) % 180 / 60) % 3] += power
    found = power_spectrum(join_alpha(image, alpha), n_octaves=2, orientations=3)
    assert found[:5] == pytest.approx([*octaves / octaves.sum(), *sectors / sectors.sum()], abs=1e-5)


@pytest.mark.parametrize("side", [16, 63])
def test_what_is_faster_than_half_a_cycle_is_in_the_first_octave(side):
    shares = named(np.indices((side, side)).sum(axis=0) % 2 * 200 / 255)
    assert shares["spectrum_octave_00"] > 0.99
    assert sum(shares[f"spectrum_angle_{degrees:03d}"] for degrees in (30, 60, 120, 150)) > 0.9


def test_light_does_not_matter():
    image = data.brick()[:100, :120] / 255
    assert power_spectrum(0.3 * image + 0.4) == pytest.approx(power_spectrum(image), abs=1e-4)


def test_a_quarter_turn_turns_the_sectors():
    image = data.brick()[:100, :120]
    before, after = power_spectrum(image), power_spectrum(np.rot90(image))
    assert after[[0, 1, 2, 3, 4, -1]] == pytest.approx(before[[0, 1, 2, 3, 4, -1]])
    assert after[5:11] == pytest.approx(np.roll(before[5:11], 3))


@pytest.mark.parametrize("level", [0, 90, 255])
def test_flat_images_have_no_power(level):
    assert not power_spectrum(np.full((20, 30), level, np.uint8)).any()


def test_without_foreground_all_is_missing():
    assert np.isnan(power_spectrum(join_alpha(data.brick(), np.zeros((512, 512), bool)))).all()
