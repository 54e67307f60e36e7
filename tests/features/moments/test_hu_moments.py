"""Hu's invariants: closed forms, the definition, scikit-image, and what leaves them unchanged."""

import math
import warnings

import numpy as np
import pytest
from skimage import data, measure, transform

from featkit import HuMoments
from featkit.features.moments import hu_moments

HORSE = np.pad(data.horse() == 0, 10)


def disk(radius):
    row, col = np.mgrid[-radius - 2 : radius + 3, -radius - 2 : radius + 3]
    return row**2 + col**2 <= radius**2


def turned(mask, degrees):
    return transform.rotate(mask.astype(float), degrees, resize=True, order=1) > 0.5


def undone(logarithms):
    return np.sign(logarithms) * (10 ** np.abs(logarithms) - 1) * 1e-12


def test_hu_of_a_disk_is_one_over_two_pi_and_zeros():
    invariants = undone(hu_moments(disk(100)))
    assert invariants[0] == pytest.approx(1 / (2 * math.pi), rel=1e-3)
    np.testing.assert_allclose(invariants[1:], 0, atol=1e-9)


def test_hu_of_a_rectangle():
    height, width = 30, 90
    variances = (np.array([height, width]) ** 2 - 1) / 12 / (height * width)
    invariants = undone(hu_moments(np.ones((height, width), dtype=bool)))
    np.testing.assert_allclose(invariants[:2], [variances.sum(), np.diff(variances)[0] ** 2], rtol=1e-6)


def test_hu_equals_skimage_on_a_horse():
    peer = measure.moments_hu(
        measure.moments_normalized(measure.moments_central(HORSE.T.astype(float)))
    )  # rows are its x
    np.testing.assert_allclose(undone(hu_moments(HORSE)), peer, rtol=1e-6, atol=1e-18)


def test_hu_follows_its_definition():
    rows, cols = np.nonzero(HORSE)
    offset = (cols - cols.mean()) + 1j * (rows - rows.mean())

    def complex_moment(p, q):
        return (offset**p * offset.conj() ** q).sum() / len(rows) ** ((p + q) / 2 + 1)

    c11, c20, c21, c30 = complex_moment(1, 1), complex_moment(2, 0), complex_moment(2, 1), complex_moment(3, 0)
    expected = [
        c11.real,
        abs(c20) ** 2,
        abs(c30) ** 2,
        abs(c21) ** 2,
        (c30 * c21.conj() ** 3).real,
        (c20 * c21.conj() ** 2).real,
        (c30 * c21.conj() ** 3).imag,
    ]
    np.testing.assert_allclose(undone(hu_moments(HORSE)), expected, rtol=1e-6, atol=1e-18)


def test_hu_scale_is_continuous_at_zero_and_keeps_the_sign():
    mirrored = hu_moments(HORSE[:, ::-1])
    np.testing.assert_allclose(mirrored[:6], hu_moments(HORSE)[:6], atol=1e-6)
    assert mirrored[6] == pytest.approx(-hu_moments(HORSE)[6], abs=1e-6)
    assert abs(mirrored[6]) > 1
    symmetric = HORSE | HORSE[:, ::-1]
    assert abs(hu_moments(symmetric)[6]) < 1e-3


@pytest.mark.parametrize("degrees", [30, 90, 200])
def test_hu_does_not_change_when_the_shape_turns_or_grows(degrees):
    expected = hu_moments(HORSE)
    found = hu_moments(turned(HORSE, degrees))
    np.testing.assert_allclose(found[:6], expected[:6], atol=0.05)
    assert found[6] == pytest.approx(expected[6], abs=0.3)
    np.testing.assert_allclose(hu_moments(HORSE.repeat(2, 0).repeat(2, 1)), expected, atol=0.01)


@pytest.mark.parametrize("extractor", [HuMoments()])
def test_empty_is_nan_and_a_pixel_is_not(extractor):
    pixel = np.zeros((6, 6), dtype=bool)
    pixel[2, 3] = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = extractor.fit_transform([np.zeros((4, 5), dtype=bool), pixel, np.ones((1, 1), dtype=bool)])
    assert np.isnan(rows[0]).all()
    assert np.isfinite(rows[1:]).all()
    np.testing.assert_array_equal(rows[1], rows[2])
    assert rows.shape[1] == len(extractor.get_feature_names_out())


def test_hu_moments_of_a_small_shape_far_from_the_corner_are_the_same():
    shape = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]], bool)
    near, far = np.zeros((2, 3000, 3000), bool)
    near[:3, :3] = far[2900:2903, 2900:2903] = shape
    np.testing.assert_array_equal(hu_moments(far), hu_moments(near))


@pytest.mark.parametrize("mask", [HORSE, HORSE[:, ::-1], np.tril(np.ones((30, 50), dtype=bool))])
def test_the_seventh_has_the_opposite_sign_in_skimage_whose_x_runs_down_the_rows(mask):
    found = undone(hu_moments(mask))
    peer = measure.moments_hu(measure.moments_normalized(measure.moments_central(mask.astype(float))))
    np.testing.assert_allclose(found, peer * [1, 1, 1, 1, 1, 1, -1], rtol=1e-6, atol=1e-15)
    assert found[6] != 0


def test_pixels_that_are_not_square_are_measured_as_the_squares_they_hold():
    """Each pixel as 2 x 3 square ones: exact up to the moments of a pixel itself, which are small."""
    rng = np.random.default_rng(0)
    coarse = np.kron(rng.random((6, 5)) < 0.6, np.ones((16, 16))) > 0
    fine = np.repeat(np.repeat(coarse, 2, axis=0), 3, axis=1)
    found = hu_moments(coarse, pixel_size=(2, 3))
    np.testing.assert_allclose(found, hu_moments(fine), atol=5e-3)
    assert np.abs(hu_moments(coarse) - found).max() > 0.05
    np.testing.assert_allclose(hu_moments(coarse, pixel_size=(0.2, 0.3)), found, rtol=1e-9)
    np.testing.assert_array_equal(hu_moments(coarse, pixel_size=7.0), hu_moments(coarse))
    np.testing.assert_array_equal(HuMoments(pixel_size=(2, 3)).fit_transform([coarse])[0], found)


def test_an_ellipse_of_pixels_that_are_not_square_is_a_disk():
    row, col = np.mgrid[-100:101, -60:61]
    ellipse = (row / 90) ** 2 + (col / 45) ** 2 <= 1
    disk = np.log10(1 + 1 / (2 * np.pi) / 1e-12)
    assert hu_moments(ellipse, pixel_size=(1, 2))[0] == pytest.approx(disk, abs=1e-3)
    assert hu_moments(ellipse)[0] > disk + 0.05


@pytest.mark.parametrize("pixel_size", [0, (1, -1), (1, 2, 3), "mm"])
def test_what_is_no_pixel_size_is_refused(pixel_size):
    with pytest.raises(ValueError, match="pixel_size"):
        hu_moments(np.ones((4, 4), bool), pixel_size=pixel_size)
