"""What is read off the runs of a region: sums, components, perimeter, ends of rows."""

import numpy as np
import pytest
from skimage import measure

from featkit.features.shape._run_measures import _read_runs, crofton_perimeter, ends_of_rows
from featkit.features.shape._runs import boxes_of_runs, runs_of_mask


def ragged_masks():
    random = np.random.default_rng(3)
    for size in (1, 2, 3, 5, 8, 13, 30):
        for fraction in (0.2, 0.5, 0.8):
            mask = random.random((size, size + 2)) < fraction
            mask[0, 0] = True
            yield mask


@pytest.fixture(params=list(ragged_masks()), ids=lambda mask: f"{mask.shape[0]} x {mask.shape[1]}")
def region(request):
    mask = request.param
    runs, bounds = runs_of_mask(mask, by_component=False)
    return mask, runs, boxes_of_runs(runs, bounds)[0]


def test_sums_are_those_of_the_pixels(region):
    mask, runs, box = region
    rows, cols = np.nonzero(mask)
    rows, cols = rows - box[0] + 1, cols - box[1] + 1
    expected = len(rows), rows.sum(), cols.sum(), (rows * rows).sum(), (cols * cols).sum(), (rows * cols).sum()
    assert _read_runs(runs, box)[0] == expected


def test_components_and_euler_number_are_those_of_skimage(region):
    mask, runs, box = region
    _, _, n_components, euler_number = _read_runs(runs, box)
    assert n_components == measure.label(mask, connectivity=2).max()
    assert euler_number == measure.euler_number(mask, connectivity=2)


def test_crossings_are_those_of_pairs_of_neighbours_and_give_croftons_perimeter(region):
    mask, runs, box = region
    crossings = _read_runs(runs, box)[1]
    padded = np.pad(mask, 1)
    upright = (padded[1:] != padded[:-1]).sum()
    across = (padded[:, 1:] != padded[:, :-1]).sum()
    diagonal = (padded[1:, 1:] != padded[:-1, :-1]).sum() + (padded[1:, :-1] != padded[:-1, 1:]).sum()
    assert crossings == (upright, across, diagonal)
    expected = measure.perimeter_crofton(padded, directions=4)
    assert crofton_perimeter(*crossings, 1.0, 1.0) == pytest.approx(expected)


def test_ends_of_rows_are_the_first_and_last_pixel(region):
    mask, runs, box = region
    first, last = np.empty(box[2] - box[0] + 2, np.int64), np.empty(box[2] - box[0] + 2, np.int64)
    ends_of_rows(runs, box, first, last)
    for row in range(box[0], box[2]):
        cols = np.flatnonzero(mask[row]) - box[1] + 1
        if len(cols):
            assert (first[row - box[0] + 1], last[row - box[0] + 1]) == (cols[0], cols[-1])
        else:
            assert first[row - box[0] + 1] > last[row - box[0] + 1]
