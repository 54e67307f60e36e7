"""Co-occurrence of gray levels: counts of pairs, and their steps."""

import numpy as np
import pytest
from skimage.feature import graycomatrix

from featkit.features.texture._pair_counts import count_pairs, count_pairs_of_steps, steps_of
from featkit.parameters import InvalidParameterError

LEVELS = np.random.default_rng(0).integers(0, 5, (9, 13)).astype(np.uint8)
STEPS = np.array([(0, 1), (1, 1), (1, 0), (1, -1), (3, -4), (0, 12), (8, 0)])


def naive(levels, row_step, col_step):
    counts = np.zeros((5, 5), int)
    for (row, col), first in np.ndenumerate(levels):
        there = row + row_step, col + col_step
        if 0 <= there[0] < levels.shape[0] and 0 <= there[1] < levels.shape[1]:
            counts[first, levels[there]] += 1
    return counts


@pytest.mark.parametrize("shape", [(9, 13), (1, 1), (2, 9), (9, 2), (1, 13), (5, 5)])
@pytest.mark.parametrize("n_steps", [1, 4, 7])
def test_every_pair_is_counted_once(shape, n_steps):
    levels, steps = np.ascontiguousarray(LEVELS[: shape[0], : shape[1]]), STEPS[:n_steps]
    counts = np.full((n_steps, 5, 5), 99, np.int32)
    count_pairs_of_steps(levels, steps, counts)
    np.testing.assert_array_equal(counts, [naive(levels, *step) for step in steps])
    count_pairs(levels, *steps[0], counts[0])
    np.testing.assert_array_equal(counts[0], naive(levels, *steps[0]))


def test_scikit_image_counts_the_same():
    angles = [0, 45, 90, 135]
    counts = np.zeros((4, 5, 5), np.int32)
    count_pairs_of_steps(LEVELS, steps_of([1], angles)[0], counts)
    for count, angle in zip(counts, angles, strict=True):
        theirs = graycomatrix(LEVELS, [1], [np.deg2rad(angle)], levels=5)[..., 0, 0]
        np.testing.assert_array_equal(count + count.T, theirs + theirs.T)


def test_steps_lead_to_neighbours_on_the_chessboard():
    assert steps_of([1, 3], [0, 45, 90, 135]).tolist() == [
        [[0, 1], [1, 1], [1, 0], [1, -1]],
        [[0, 3], [3, 3], [3, 0], [3, -3]],
    ]
    assert (steps_of([2], range(180))[..., 0] >= 0).all()
    assert (np.abs(steps_of([2], range(180))).max(axis=2) == 2).all()


@pytest.mark.parametrize(("distances", "angles"), [([0], [0]), ([1, 1], [0]), ([1], [180]), ([], [0]), ([1.5], [0])])
def test_other_steps_are_refused(distances, angles):
    with pytest.raises(InvalidParameterError, match="distances|angles"):
        steps_of(distances, angles)
