"""Proposals of a foreground, and their vote."""

import numpy as np

from featkit.preprocessing.foreground.saliency._proposals import (
    OVERLAP_WEIGHTS,
    expected_overlaps,
    overlap_cues,
    vote_for_foreground,
)


def red_on_green(seed=0):
    rng = np.random.default_rng(seed)
    lab = np.empty((100, 140, 3), np.float32)
    lab[:] = 50, -30, 30
    lab[30:70, 50:95] = 45, 55, 30
    return lab + rng.normal(scale=3, size=lab.shape).astype(np.float32)


def test_vote_finds_the_object_and_expects_to():
    share, expected_overlap = vote_for_foreground(red_on_green())
    truth = np.zeros((100, 140), dtype=bool)
    truth[30:70, 50:95] = True
    found = share >= 0.5
    assert (found & truth).sum() / (found | truth).sum() > 0.9
    assert expected_overlap > 0.7


def test_overlap_cues_of_drawn_proposals():
    areas = np.array([0.1, 0.2, 0.3, 0.4])
    edges = np.array([[0, 1], [1, 2], [2, 3]], np.int32)
    contact = np.array([4, 0, 0, 12])
    log_odds = np.array([-1.0, 2.0, 3.0, -9.0])
    proposals = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
    cues = overlap_cues(proposals, areas, edges, contact, log_odds)
    column = dict(zip(OVERLAP_WEIGHTS, cues.T))
    np.testing.assert_allclose(column["area"], [0.5, 0.4, 0, 0])
    np.testing.assert_allclose(column["log_area"], [np.log(0.5), np.log(0.4), 0, 0])
    np.testing.assert_allclose(column["border"], [0, 0.5, 0, 0])
    np.testing.assert_allclose(column["unity"], [1, 0.75, 0, 0])
    np.testing.assert_allclose(column["prior"], [2.6, 2.0, 0, 0])
    np.testing.assert_allclose(column["agreement"], [(1 + 0.5 + 0 + 0.5) / 4, (0.5 + 1 + 0 + 0.4) / 4, 0, 0])
    assert (expected_overlaps(cues)[2:] == 0).all()
    assert (expected_overlaps(cues)[:2] > 0).all()
