"""Superpixels: what SLIC promises, and the moments and borders counted pixel by pixel."""

import numpy as np
import pytest
from scipy import ndimage

from featkit.preprocessing.foreground.saliency._superpixels import color_moments, shared_borders, slic


def patchwork(height=60, width=90, seed=0):
    rng = np.random.default_rng(seed)
    coarse = rng.uniform((20, -40, -40), (90, 40, 40), (height // 15, width // 15, 3))
    return np.kron(coarse, np.ones((15, 15, 1))).astype(np.float32)


def test_superpixels_do_not_cross_strong_edges():
    lab = patchwork()
    labels, n_labels = slic(lab, n_segments=96, compactness=5)
    patches = np.arange(24).reshape(4, 6).repeat(15, axis=0).repeat(15, axis=1)
    strays = sum(
        np.bincount(patches[labels == k]).sum() - np.bincount(patches[labels == k]).max() for k in range(n_labels)
    )
    assert strays / labels.size < 0.01


def test_a_constant_image_gives_the_grid():
    labels, n_labels = slic(np.full((40, 60, 3), 50, np.float32), n_segments=6)
    assert n_labels == 6
    np.testing.assert_array_equal(np.bincount(labels.ravel()), 400)


@pytest.mark.parametrize("seed", range(3))
def test_labels_are_numbered_without_gaps_and_of_about_equal_size(seed):
    lab = patchwork(90, 120, seed) + np.random.default_rng(seed).normal(scale=4, size=(90, 120, 3)).astype(np.float32)
    labels, n_labels = slic(lab, n_segments=100)
    sizes = np.bincount(labels.ravel(), minlength=n_labels)
    assert len(sizes) == n_labels
    assert sizes.min() > 0
    assert 60 <= n_labels <= 140
    pieces = [ndimage.label(labels == k)[1] for k in range(n_labels)]
    assert np.mean(np.array(pieces) == 1) > 0.9  # specks that joined a neighbour may touch it at a corner only


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 2), (5, 3)])
def test_tiny_images(shape):
    labels, n_labels = slic(np.zeros((*shape, 3), np.float32))
    assert labels.shape == shape
    assert n_labels >= 1


def test_moments_are_sums_over_pixels():
    lab = patchwork()
    labels, n_labels = slic(lab, n_segments=40)
    moments = color_moments(lab, labels, n_labels)
    rows, cols = np.mgrid[:60, :90]
    for k in range(n_labels):
        inside = labels == k
        light, red, yellow = lab[inside].astype(np.float64).T
        expected = [inside.sum(), rows[inside].sum(), cols[inside].sum(), light.sum(), red.sum(), yellow.sum()]
        expected += [light @ light, light @ red, light @ yellow, red @ red, red @ yellow, yellow @ yellow]
        np.testing.assert_allclose(moments[k], expected, rtol=1e-5)


def test_borders_are_counted_step_by_step():
    lab = patchwork(30, 45)
    labels, n_labels = slic(lab, n_segments=20)
    edges, lengths, contrasts = shared_borders(lab, labels, n_labels)
    expected = {}
    for i in range(30):
        for j in range(45):
            for other in ((i + 1, j), (i, j + 1)):
                if other[0] < 30 and other[1] < 45 and labels[i, j] != labels[other]:
                    pair = tuple(sorted((int(labels[i, j]), int(labels[other]))))
                    expected.setdefault(pair, []).append(((lab[i, j].astype(float) - lab[other]) ** 2).sum())
    assert [tuple(edge) for edge in edges.tolist()] == sorted(expected)
    np.testing.assert_array_equal(lengths, [len(expected[pair]) for pair in sorted(expected)])
    np.testing.assert_allclose(contrasts, [np.mean(expected[pair]) for pair in sorted(expected)], rtol=1e-4)


def test_same_image_same_superpixels():
    lab = patchwork(seed=5)
    np.testing.assert_array_equal(slic(lab)[0], slic(lab.copy())[0])
