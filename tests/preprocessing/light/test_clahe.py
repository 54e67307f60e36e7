"""Contrast limited adaptive histogram equalization (CLAHE)."""

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import HistogramEqualizer, join_alpha
from featkit.exceptions import ImageValueWarning
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.light import clahe


@pytest.mark.parametrize("shape", [(512, 512), (501, 333), (64, 70)])
@pytest.mark.parametrize(("grid", "clip_limit"), [((8, 8), 2.0), ((3, 5), 0.5), ((1, 1), 40.0), ((4, 2), 8.0)])
def test_clahe_of_opaque_bytes_is_opencvs(shape, grid, clip_limit):
    image = np.ascontiguousarray(data.camera()[: shape[0], : shape[1]])
    expected = cv2.createCLAHE(clip_limit, grid[::-1]).apply(image)
    assert (clahe(image, grid=grid, clip_limit=clip_limit) == expected).all()


def naive_clahe(image, voters, n_tiles, clip_limit):
    """One tile row of tables, each pixel a mean of the two around it that is weighted by distance and votes."""
    width = image.shape[1] // n_tiles
    tables, votes = [], []
    for tile in range(n_tiles):
        cols = slice(tile * width, (tile + 1) * width)
        counts = np.bincount(image[:, cols][voters[:, cols]], minlength=256)
        total = counts.sum()
        limit = max(int(clip_limit * total / 256), 1)
        excess = np.maximum(counts - limit, 0).sum()
        counts = np.minimum(counts, limit) + excess // 256
        rest = excess % 256
        if rest:
            counts[: max(256 // rest, 1) * rest : max(256 // rest, 1)] += 1
        tables.append(np.rint(np.cumsum(counts) * 255 / max(total, 1)))
        votes.append(total)
    result = np.zeros(image.shape)
    for row, col in np.ndindex(image.shape):
        place = col / width - 0.5
        first = int(np.floor(place))
        pairs = [(max(first, 0), 1 - (place - first)), (min(first + 1, n_tiles - 1), place - first)]
        weights = [share * votes[tile] for tile, share in pairs]
        values = [tables[tile][image[row, col]] for tile, _ in pairs]
        result[row, col] = np.dot(weights, values) / sum(weights) if sum(weights) else 0
    return result


def test_clahe_counts_only_what_can_be_seen():
    image = np.ascontiguousarray(data.camera()[100:164, 200:264])
    rows, cols = np.indices(image.shape)
    mask = np.hypot(rows - 30, cols - 25) < 27
    found = clahe(join_alpha(image, mask), grid=(1, 4), clip_limit=3.0)
    expected = naive_clahe(image, mask, 4, 3.0)
    assert np.abs(found[..., 0].astype(float) - expected)[mask].max() <= 1
    assert not found[~mask].any()


def test_a_change_far_away_changes_nothing_here():
    image = data.camera().copy()
    before = clahe(image)
    image[400:, 400:] = np.where(image[400:, 400:] > 100, 255, 0)  # new extremes in a far corner
    assert (clahe(image)[:300, :300] == before[:300, :300]).all()


@pytest.mark.parametrize("grid", [(0, 8), (8,), (2.5, 2), "ab"])
def test_bad_grids_are_refused(grid):
    with pytest.raises(InvalidParameterError, match="grid"):
        HistogramEqualizer(grid=grid).fit([np.zeros((8, 8))]).transform([np.zeros((8, 8))])


def test_clahe_leaves_half_transparent_pixels_where_no_tile_has_a_voter():
    soft = np.full((64, 64, 4), 180, np.uint8)
    soft[..., 3] = 0
    soft[10:20, 10:20, 3], soft[44:60, 44:60, 3] = 255, 120
    assert clahe(soft)[50, 50].tolist() == [180, 180, 180, 120]
    everywhere = np.full((64, 64, 4), (200, 200, 200, 100), np.uint8)
    with pytest.warns(ImageValueWarning, match="reaches one half of opaque"):
        np.testing.assert_array_equal(clahe(everywhere), everywhere)
