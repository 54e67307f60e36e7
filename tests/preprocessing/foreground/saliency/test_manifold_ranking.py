"""Manifold ranking of superpixels."""

import numpy as np
import pytest

from featkit.preprocessing.foreground.saliency._manifold_ranking import RANKING_DAMPING, RANKING_SCALE, manifold_ranking
from featkit.preprocessing.foreground.saliency._saliency import (
    _color_distances,
    border_contacts,
)
from featkit.preprocessing.foreground.saliency._superpixels import color_moments, shared_borders, slic


def red_on_green(seed=0):
    rng = np.random.default_rng(seed)
    lab = np.empty((100, 140, 3), np.float32)
    lab[:] = 50, -30, 30
    lab[30:70, 50:95] = 45, 55, 30
    return lab + rng.normal(scale=3, size=lab.shape).astype(np.float32)


@pytest.fixture(scope="module")
def scene():
    lab = red_on_green()
    labels, n_labels = slic(lab, n_segments=80)
    moments = color_moments(lab, labels, n_labels)
    edges = shared_borders(lab, labels, n_labels)[0]
    colors = moments[:, 3:6] / moments[:, :1]
    return lab, labels, moments, edges, colors


def test_ranking_solves_the_linear_system(scene):
    labels, _, edges, colors = scene[1:]
    n = len(colors)
    contacts = border_contacts(labels, n)
    adjacent = np.zeros((n, n), bool)
    adjacent[edges[:, 0], edges[:, 1]] = adjacent[edges[:, 1], edges[:, 0]] = True
    on_border = contacts.any(axis=0)
    linked = adjacent | (adjacent.astype(int) @ adjacent > 0) | np.outer(on_border, on_border)
    np.fill_diagonal(linked, False)
    distances = _color_distances(colors)
    affinities = linked * np.exp(-distances / RANKING_SCALE)
    inverse = np.linalg.inv(np.diag(affinities.sum(axis=1) + 1e-6) - RANKING_DAMPING * affinities)
    ranks = inverse @ (contacts > 0).T
    salient = np.prod(1 - ranks / ranks.max(axis=0), axis=1)
    salient = (salient - salient.min()) / np.ptp(salient)
    again = inverse @ (salient > salient.mean())
    from_sides, from_salient = manifold_ranking(distances, edges, contacts)
    np.testing.assert_allclose(from_sides, salient, atol=1e-4)
    np.testing.assert_allclose(from_salient, (again - again.min()) / np.ptp(again), atol=1e-4)
