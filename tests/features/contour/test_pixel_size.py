"""Shapes on pixels higher than wide have the descriptors that they have on square ones."""

import numpy as np
import pytest

from featkit import (
    AreaIntegralInvariant,
    ChordQuantiles,
    ContourSignature,
    CurvatureQuantiles,
    EllipticFourier,
)
from featkit.features.contour import contour_signature, elliptic_fourier

KINDS = {
    EllipticFourier: 0.015,
    ContourSignature: 0.01,
    ChordQuantiles: 0.03,
    CurvatureQuantiles: 0.1,
    AreaIntegralInvariant: 0.025,
}
FINEST = {CurvatureQuantiles: 5 * 17}  # columns of scales at which the raster shows


def leaf(pixel_size, size=200):
    """A lopsided shape with five lobes, in the middle of a square."""
    height, width = pixel_size
    rows, cols = ((np.arange(round(size / step)) + 0.5) * step - size / 2 for step in (height, width))
    row, col = np.meshgrid(rows - 5, cols, indexing="ij")
    angle = np.arctan2(row, 0.7 * col)
    return np.hypot(row, 0.7 * col) <= 45 * (1 + 0.15 * np.cos(5 * angle + 0.3) + 0.2 * np.cos(angle - 1))


@pytest.mark.parametrize("Extractor", KINDS, ids=lambda Extractor: Extractor.__name__)
@pytest.mark.parametrize("pixel_size", [(1.0, 0.4), (0.4, 1.2)])
def test_a_shape_keeps_its_descriptors(Extractor, pixel_size):
    first = FINEST.get(Extractor, 0)
    square = Extractor(pixel_size=0.5).fit_transform([leaf((0.5, 0.5))])[0, first:]
    found = Extractor(pixel_size=pixel_size).fit_transform([leaf(pixel_size)])[0, first:]
    np.testing.assert_allclose(found, square, atol=KINDS[Extractor])
    unaware = Extractor().fit_transform([leaf(pixel_size)])[0, first:]
    assert np.abs(unaware - square).max() > 2 * KINDS[Extractor]


@pytest.mark.parametrize("Extractor", KINDS, ids=lambda Extractor: Extractor.__name__)
def test_only_the_ratio_matters(Extractor):
    masks = [leaf((1.0, 0.4))]
    pair = Extractor(pixel_size=(5, 2)).fit_transform(masks)
    np.testing.assert_allclose(pair, Extractor(pixel_size=[0.25, 0.1]).fit_transform(masks), atol=1e-9)
    plain = Extractor().fit_transform(masks)
    for size in (7.5, (3, 3), (np.nan, np.nan)):
        np.testing.assert_allclose(Extractor(pixel_size=size).fit_transform(masks), plain, atol=1e-9)


@pytest.mark.parametrize("pixel_size", [(1.0, 0.25), (0.5, 1.5)])
def test_a_disk_is_round(pixel_size):
    height, width = pixel_size
    row, col = np.meshgrid(np.arange(-60, 61, height), np.arange(-60, 61, width), indexing="ij")
    disk = np.hypot(row, col) <= 50
    assert abs(elliptic_fourier(disk, pixel_size=pixel_size)[0]) == pytest.approx(1, abs=0.02)
    assert contour_signature(disk, n_features=5, pixel_size=pixel_size) == pytest.approx(0, abs=0.01)
    assert abs(elliptic_fourier(disk)[0]) < 0.5
