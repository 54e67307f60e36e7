"""Colour coherence: scipy's components, colour by colour, and what must not matter."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from featkit import join_alpha
from featkit.features.color import color_coherence_vector, color_histogram
from featkit.parameters import InvalidParameterError

IMAGE = data.coffee()[100:200:2, 150:290:2]


def naive_coherence(image, n_bins, min_fraction):
    bins = image.astype(int) * n_bins // 256
    shares = []
    for color in np.ndindex(n_bins, n_bins, n_bins):
        labels, _ = ndimage.label((bins == color).all(axis=2), structure=np.ones((3, 3)))
        areas = np.bincount(labels.ravel())[1:]
        large = areas >= min_fraction * bins[..., 0].size
        shares += [areas[large].sum(), areas[~large].sum()]
    return np.array(shares) / bins[..., 0].size


@pytest.mark.parametrize(("n_bins", "min_fraction"), [(2, 0.01), (4, 0.01), (4, 0.1), (3, 0)])
def test_components_colour_by_colour(n_bins, min_fraction):
    found = color_coherence_vector(IMAGE, n_bins=n_bins, min_fraction=min_fraction)
    assert found == pytest.approx(naive_coherence(IMAGE, n_bins, min_fraction))


@pytest.mark.parametrize("space", ["rgb", "hsv", "lab", "opponent"])
def test_both_parts_together_are_the_histogram(space):
    both = color_coherence_vector(IMAGE, space=space).reshape(-1, 2).sum(axis=1)
    assert both == pytest.approx(color_histogram(IMAGE, space=space, joint=True, n_bins=4))


def test_turns_and_mirrors_change_nothing():
    for same in (np.rot90(IMAGE), IMAGE[::-1], IMAGE[:, ::-1]):
        assert color_coherence_vector(same) == pytest.approx(color_coherence_vector(IMAGE))


def test_only_the_foreground_counts():
    mask = np.zeros(IMAGE.shape[:2], dtype=bool)
    mask[5:40, 10:50] = True
    assert color_coherence_vector(join_alpha(IMAGE, mask)) == pytest.approx(color_coherence_vector(IMAGE[5:40, 10:50]))
    assert np.isnan(color_coherence_vector(join_alpha(IMAGE, mask & False))).all()


@pytest.mark.parametrize("percent", range(1, 50))
def test_a_patch_of_exactly_the_least_fraction_is_coherent(percent):
    image = np.zeros((10, 10, 3), np.uint8)
    image.reshape(100, 3)[:percent] = 255
    assert color_coherence_vector(image, n_bins=2, min_fraction=percent / 100)[-2:] == pytest.approx([percent / 100, 0])


def test_too_many_colours_are_refused():
    with pytest.raises(InvalidParameterError, match="4913 colours"):
        color_coherence_vector(IMAGE, n_bins=17)
