"""Features of superpixels."""

import numpy as np
import pytest

from featkit.preprocessing.foreground._superpixel_features import (
    CONTEXT_RADII,
    N_DIRECTIONS,
    context_features,
    describe_superpixels,
    means_of_superpixels,
)


@pytest.fixture
def lab():
    rng = np.random.default_rng(0)
    lab = rng.normal(0, 1, (50, 70, 3)).astype(np.float32) + np.float32([50, 0, 0])
    lab[20:35, 30:50] += np.float32([20, 15, -10])
    return lab


def test_means_by_a_loop(lab):
    labels = np.arange(50 * 70).reshape(50, 70).astype(np.int32) // 500
    found = means_of_superpixels(lab, labels, 7)
    assert found == pytest.approx(np.stack([lab[labels == one].mean(axis=0) for one in range(7)]), abs=1e-4)


def test_one_finite_row_for_each_superpixel(lab):
    one = describe_superpixels(lab)
    assert one.features.shape == (one.labels.max() + 1, 94)
    assert np.isfinite(one.features).all()
    assert one.areas.sum() == lab[..., 0].size
    assert len(describe_superpixels(lab[:1, :1]).features) == 1


def test_context_of_a_constant_is_that_constant(lab):
    one = describe_superpixels(lab)
    found = context_features(one, np.full(len(one.areas), 0.25))
    assert found.shape == (len(one.areas), 5 + N_DIRECTIONS * len(CONTEXT_RADII))
    assert found == pytest.approx(0.25, abs=1e-5)


def test_context_sees_what_lies_to_the_right(lab):
    one = describe_superpixels(lab)
    cols = one.moments[:, 2] / one.areas
    found = context_features(one, (cols > 35).astype(float))
    first = 3 + 2 * N_DIRECTIONS  # radius of a fifth of the longer side, direction 0: 14 pixels to the right
    assert found[cols < 12, first].max() < 0.1
    assert found[(cols > 28) & (cols < 33), first].min() > 0.9


def test_neighbors_are_averaged_by_the_length_of_the_border(lab):
    one = describe_superpixels(lab)
    around = context_features(one, np.arange(len(one.areas), dtype=float))[:, 1]
    for label in (0, len(one.areas) // 2):
        lengths, neighbors = [], []
        for (a, b), length in zip(one.edges, one.lengths):
            if label in (a, b):
                lengths.append(length)
                neighbors.append(b if a == label else a)
        assert around[label] == pytest.approx(np.average(neighbors, weights=lengths), rel=1e-5)
