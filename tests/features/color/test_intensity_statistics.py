"""Intensity statistics: closed forms, sums by hand, SciPy."""

import math

import numpy as np
import pytest
from scipy import stats
from skimage import data

from featkit import IntensityStatistics, join_alpha
from featkit.features.color import intensity_statistics, intensity_statistics_names

NAMES = [name.removeprefix("intensity_") for name in intensity_statistics_names()]


def named(image, **parameters):
    return dict(zip(NAMES, intensity_statistics(image, **parameters), strict=True))


def test_two_levels_in_equal_parts():
    values = named(np.array([[0, 255], [255, 0]], dtype=np.uint8))
    assert values["mean"] == values["std"] == values["median"] == values["mad"] == 0.5
    assert (values["min"], values["max"], values["entropy"]) == (0, 1, 1)
    assert values["skewness"] == pytest.approx(0)
    assert values["kurtosis"] == pytest.approx(-2)


def test_every_level_once():
    values = named(np.arange(256, dtype=np.uint8).reshape(16, 16))
    assert values["entropy"] == 8
    assert values["mean"] == pytest.approx(0.5)
    assert values["std"] == pytest.approx(math.sqrt((256**2 - 1) / 12) / 255)
    assert values["kurtosis"] == pytest.approx(-6 * (256**2 + 1) / (5 * (256**2 - 1)))
    assert values["p25"] == pytest.approx(0.25)


def test_flat_image_has_no_spread():
    values = named(np.full((5, 7), 0.3))
    assert [values[name] for name in ("mean", "median", "min", "p90")] == pytest.approx([0.3] * 4)
    assert values["std"] == pytest.approx(0, abs=1e-12)
    assert values["skewness"] == values["kurtosis"] == values["entropy"] == values["mad"] == 0


def by_hand(pixels):
    pixels = sorted(pixels)
    n = len(pixels)
    mean = sum(pixels) / n
    moments = [sum((value - mean) ** power for value in pixels) / n for power in (2, 3, 4)]

    def percentile(rank, ordered):
        position = rank / 100 * (n - 1)
        below = int(position)
        above = min(below + 1, n - 1)
        return ordered[below] + (position - below) * (ordered[above] - ordered[below])

    median = percentile(50, pixels)
    levels = [round(value * 255) for value in pixels]
    fractions = [levels.count(level) / n for level in set(levels)]
    return {
        "mean": mean,
        "std": math.sqrt(moments[0]),
        "median": median,
        "mad": percentile(50, sorted(abs(value - median) for value in pixels)),
        "min": pixels[0],
        "max": pixels[-1],
        "skewness": moments[1] / moments[0] ** 1.5,
        "kurtosis": moments[2] / moments[0] ** 2 - 3,
        "entropy": -sum(fraction * math.log2(fraction) for fraction in fractions),
        **{f"p{rank}": percentile(rank, pixels) for rank in (10, 25, 75, 90)},
    }


def test_foreground_of_a_photo_by_hand():
    photo = data.coffee()[100:130, 200:240]
    alpha = np.zeros(photo.shape[:2], np.uint8)
    alpha[5:20, 3:30], alpha[20:25, 3:30] = 128, 127
    red, green, blue = np.moveaxis(photo[5:20, 3:30].reshape(-1, 3) / 255, -1, 0)
    expected = by_hand([0.299 * r + 0.587 * g + 0.114 * b for r, g, b in zip(red, green, blue)])
    found = named(np.dstack([photo, alpha]))
    assert found == {name: pytest.approx(value, abs=1e-10) for name, value in expected.items()}


def test_scipy_says_the_same():
    photo = data.camera()
    values = photo.ravel() / 255
    found = named(photo)
    assert found["skewness"] == pytest.approx(stats.skew(values))
    assert found["kurtosis"] == pytest.approx(stats.kurtosis(values))
    assert found["mad"] == pytest.approx(stats.median_abs_deviation(values))
    assert found["entropy"] == pytest.approx(stats.entropy(np.bincount(photo.ravel()), base=2))


def test_16_bits_are_kept():
    image = np.array([[20000, 20001, 20002]], dtype=np.uint16)
    assert named(image)["max"] - named(image)["min"] == pytest.approx(2 / 65535)


def test_no_foreground_gives_nan():
    assert np.isnan(intensity_statistics(join_alpha(data.camera(), np.zeros((512, 512), bool)))).all()


def test_percentiles_are_chosen():
    image = data.camera()
    found = IntensityStatistics(percentiles=[0, 50, 100]).fit([image])
    assert found.get_feature_names_out()[-3:].tolist() == ["intensity_p00", "intensity_p50", "intensity_p100"]
    row = found.transform([image])[0]
    assert row[-3:] == pytest.approx([row[4], row[2], row[5]])
    with pytest.raises(ValueError, match="percentiles"):
        intensity_statistics(image, percentiles=[101])


@pytest.mark.parametrize("level", [0.1, 0.3, 0.5, 0.7])
def test_rounding_noise_is_no_entropy(level):
    noise = np.random.default_rng(0).normal(0, 1e-16, (32, 32))
    column = intensity_statistics_names().index("intensity_entropy")
    assert intensity_statistics(level + noise)[column] == 0
    steps = np.where(np.arange(32) < 16, 0.3, 0.7) + noise
    assert intensity_statistics(steps)[column] == pytest.approx(1)
