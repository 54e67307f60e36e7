"""GrabCut on superpixels: the cut against every labelling and against SciPy, the mixtures against their formula."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from featkit.preprocessing.foreground.saliency._graphcut import border_capacities, grab_cuts, min_cut
from featkit.preprocessing.foreground.saliency._mixtures import COLOR_NOISE, _component_costs, _split_colors
from featkit.preprocessing.foreground.saliency._superpixels import color_moments, shared_borders, slic


def random_graph(n_nodes, n_edges, seed):
    rng = np.random.default_rng(seed)
    pairs = list(itertools.combinations(range(n_nodes), 2))
    chosen = rng.choice(len(pairs), min(n_edges, len(pairs)), replace=False)
    edges = np.array([pairs[k] for k in chosen], np.int32).reshape(-1, 2)
    return rng.integers(-20, 21, n_nodes).astype(float), edges, rng.integers(0, 15, len(edges)).astype(float)


def cut_energy(inside, surplus, edges, capacities):
    """What the cut pays: preferences that are disregarded, and the edges between the two sides."""
    against = np.where(inside, np.maximum(-surplus, 0), np.maximum(surplus, 0)).sum()
    return against + capacities[inside[edges[:, 0]] != inside[edges[:, 1]]].sum()


@given(st.integers(1, 9), st.integers(0, 20), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_no_labelling_is_cheaper_than_the_cut(n_nodes, n_edges, seed):
    surplus, edges, capacities = random_graph(n_nodes, n_edges, seed)
    every = [np.array(bits) for bits in itertools.product([False, True], repeat=n_nodes)]
    least = min(cut_energy(inside, surplus, edges, capacities) for inside in every)
    assert cut_energy(min_cut(surplus, edges, capacities), surplus, edges, capacities) == least


@pytest.mark.parametrize("seed", range(5))
def test_cut_of_a_large_graph_has_the_value_of_scipys_flow(seed):
    surplus, edges, capacities = random_graph(200, 700, seed)
    source, sink = 200, 201
    heads = [*edges[:, 1], *edges[:, 0], *range(200)]
    tails = [*edges[:, 0], *edges[:, 1], *np.where(surplus > 0, source, range(200))]
    heads[-200:] = np.where(surplus > 0, range(200), sink)
    values = np.concatenate([capacities, capacities, np.abs(surplus)]).astype(np.int32)
    flow = maximum_flow(csr_matrix((values, (tails, heads)), shape=(202, 202)), source, sink).flow_value
    assert cut_energy(min_cut(surplus, edges, capacities), surplus, edges, capacities) == flow


def two_colors():
    """Red square on blue; the superpixels and their graph."""
    rng = np.random.default_rng(0)
    lab = np.empty((60, 80, 3), np.float32)
    lab[:] = 60, -10, -30
    lab[15:45, 20:60] = 45, 50, 30
    lab += rng.normal(scale=2, size=lab.shape).astype(np.float32)
    labels, n_labels = slic(lab, n_segments=60)
    moments = color_moments(lab, labels, n_labels)
    truth = moments[:, 4] / moments[:, 0] > 20
    return lab, labels, moments, shared_borders(lab, labels, n_labels), truth


def test_grab_cut_finds_the_whole_object_from_a_part_of_it():
    _, _, moments, (edges, lengths, contrasts), truth = two_colors()
    start = np.zeros(len(truth), dtype=bool)
    start[np.flatnonzero(truth)[:4]] = True
    starts = np.stack([start, truth, start])
    found = grab_cuts(moments, edges, border_capacities(lengths, contrasts), np.zeros(starts.shape), starts)
    for inside in found:
        np.testing.assert_array_equal(inside, truth)


def test_nothing_and_everything_stay_what_they_are():
    _, _, moments, (edges, lengths, contrasts), truth = two_colors()
    capacities = border_capacities(lengths, contrasts)
    starts = np.stack([np.zeros(len(truth), bool), np.ones(len(truth), bool)])
    np.testing.assert_array_equal(grab_cuts(moments, edges, capacities, np.zeros(starts.shape), starts), starts)


def test_component_costs_are_the_mean_log_likelihood_of_the_pixels():
    lab, labels, moments, _, truth = two_colors()
    component = _split_colors(moments, truth, 2)
    costs = _component_costs(moments, moments.T.copy(), truth, component, 2).T
    pixels = [lab[labels == k].astype(float) for k in range(len(moments))]
    for c in range(2):
        members = np.concatenate([pixels[k] for k in np.flatnonzero(truth & (component == c))])
        mean = members.mean(axis=0)
        covariance = np.cov(members.T, bias=True) + COLOR_NOISE * np.eye(3)
        share = len(members) / moments[truth, 0].sum()
        for k in (0, 17, 33):
            offsets = pixels[k] - mean
            squares = np.einsum("ni,ij,nj->n", offsets, np.linalg.inv(covariance), offsets)
            expected = np.mean(0.5 * squares) + 0.5 * np.log(np.linalg.det(covariance)) - np.log(share)
            assert costs[k, c] == pytest.approx(expected, rel=1e-4)


def test_the_first_split_parts_the_two_colours():
    _, _, moments, _, truth = two_colors()
    component = _split_colors(moments, np.ones(len(moments), bool), 2)
    assert set(component[truth]) != set(component[~truth])
    assert len(set(component[truth])) == len(set(component[~truth])) == 1


def test_capacities_fall_with_contrast_and_grow_with_length():
    lengths = np.array([4, 4, 8], np.float32)
    contrasts = np.array([1, 100, 1], np.float32)
    soft, hard, long = border_capacities(lengths, contrasts)
    assert hard < soft
    assert long == pytest.approx(2 * soft)
