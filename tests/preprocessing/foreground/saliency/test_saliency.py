"""Saliency cues: closed forms on two-coloured images, naive oracles for paths, ranking and pair sums."""

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from featkit.preprocessing.foreground.saliency._saliency import (
    CUE_WEIGHTS,
    _border_connectivity,
    _color_distances,
    _pair_cues,
    _path_costs,
    foreground_log_odds,
    saliency_cues,
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


def test_color_distances(scene):
    colors = scene[4]
    np.testing.assert_allclose(
        _color_distances(colors), np.linalg.norm(colors[:, np.newaxis] - colors, axis=2), atol=1e-9
    )


def test_path_costs_are_dijkstras_below_the_cutoff(scene):
    edges, colors = scene[3:]
    distances = _color_distances(colors)
    steps = np.maximum(distances - 1.5, 0)
    graph = np.full_like(steps, np.nan)
    for a, b in edges:
        graph[a, b] = graph[b, a] = steps[a, b]
    graph = np.ma.masked_invalid(graph)  # a step may cost nothing and still be one
    expected = shortest_path(graph, method="D", directed=False)
    found = _path_costs(distances, edges, 1.5, 28.0)
    near = expected < 28
    np.testing.assert_allclose(found[near], expected[near], atol=1e-3)
    assert (found[~near] >= 28).all()


def test_border_connectivity_of_an_image_of_one_colour_is_its_border_over_its_root_area():
    n = 16
    areas, contacts = np.full(n, 1 / n), np.full(n, 0.25)
    np.testing.assert_allclose(_border_connectivity(np.zeros((n, n), np.float32), areas, contacts, 7.0), 4.0)


def test_pair_cues_against_the_sums_written_out(scene):
    moments, colors = scene[2], scene[4]
    areas = moments[:, 0] / moments[:, 0].sum()
    positions = moments[:, 1:3] / moments[:, :1] / 140
    distances = _color_distances(colors)
    found = _pair_cues(distances, positions, areas, 15.0, 0.25)
    for i in (0, 20, 40):
        offsets = positions - positions[i]
        near = areas * np.exp(-(offsets**2).sum(axis=1) / (2 * 0.25**2))
        assert found[i, 0] == pytest.approx(np.average(distances[i], weights=near))
        similar = areas * np.exp(-(distances[i] ** 2) / (2 * 15**2))
        center = np.average(positions, axis=0, weights=similar)
        spread = np.average(((positions - center) ** 2).sum(axis=1), weights=similar)
        assert found[i, 1] == pytest.approx(np.sqrt(spread))
        quadrants = 2 * (offsets[:, 0] < 0) + (offsets[:, 1] < 0)
        sums = [(areas * distances[i] ** 2)[quadrants == q].sum() for q in range(4)]
        assert found[i, 2] == pytest.approx(np.sqrt(min(sums)))


def test_the_object_has_the_higher_prior(scene):
    lab, labels, moments, edges, colors = scene
    cues = saliency_cues(lab, labels, moments, edges)
    assert cues.shape == (len(moments), len(CUE_WEIGHTS))
    log_odds = foreground_log_odds(cues)
    is_object = colors[:, 1] > 10
    assert log_odds[is_object].min() > log_odds[~is_object].max()


def test_mirrored_images_have_mirrored_cues():
    lab = red_on_green()
    labels, n_labels = slic(lab, n_segments=80)
    edges = shared_borders(lab, labels, n_labels)[0]
    cues = saliency_cues(lab, labels, color_moments(lab, labels, n_labels), edges)
    lab, labels = lab[:, ::-1].copy(), labels[:, ::-1].copy()
    mirrored = saliency_cues(lab, labels, color_moments(lab, labels, n_labels), edges)
    np.testing.assert_allclose(mirrored, cues, atol=1e-2)  # a neighbour exactly beside may change quadrants
