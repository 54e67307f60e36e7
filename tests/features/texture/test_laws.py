"""Laws' energies: scipy's convolution with the masks written out, and what must not matter."""

import numpy as np
import pytest
from scipy.ndimage import correlate
from skimage import data

from featkit import join_alpha
from featkit.features.texture import laws_energies, laws_energies_names

MASKS = {
    "level": [1, 4, 6, 4, 1],
    "edge": [-1, -2, 0, 2, 1],
    "spot": [-1, 0, 2, 0, -1],
    "ripple": [1, -4, 6, -4, 1],
}
IMAGE = data.brick()[:60, :70]


def test_the_nine_masks():
    light = IMAGE / 255 - IMAGE.mean() / 255
    expected = []
    for name in laws_energies_names():
        first, second = (np.array(MASKS[part]) for part in name.removeprefix("laws_").split("_"))
        mask = np.outer(first, second) / np.abs(np.outer(first, second)).sum()
        answers = [np.abs(correlate(light, kernel, mode="reflect")).mean() for kernel in (mask, mask.T)]
        expected.append(np.mean(answers))
    assert len(expected) == 9
    assert laws_energies(IMAGE) == pytest.approx(expected, rel=1e-4)


def test_what_is_half_transparent_is_seen_half_as_strong_and_counts_half():
    alpha = np.ones(IMAGE.shape)
    alpha[:, 35:] = 0.5
    light = alpha * (IMAGE / 255 - (alpha * IMAGE).sum() / alpha.sum() / 255)
    mask = np.outer(MASKS["edge"], MASKS["spot"]) / 24
    answers = [np.abs(correlate(light, kernel, mode="reflect")) for kernel in (mask, mask.T)]
    expected = np.mean([(alpha * answer).sum() / alpha.sum() for answer in answers])
    found = dict(zip(laws_energies_names(), laws_energies(join_alpha(IMAGE / 255, alpha))))
    assert found["laws_edge_spot"] == pytest.approx(expected, rel=1e-4)


def test_light_turns_and_mirrors_change_nothing():
    dim = IMAGE // 2
    expected = laws_energies(dim)
    for same in (dim + 100, np.rot90(dim), dim[::-1], dim[:, ::-1]):
        assert laws_energies(same) == pytest.approx(expected, rel=1e-4)


def test_only_the_foreground_counts():
    mask = np.zeros(IMAGE.shape, dtype=bool)
    mask[10:50, 10:60] = True
    noise = np.where(mask, IMAGE, 255 - IMAGE)
    assert laws_energies(join_alpha(noise, mask)) == pytest.approx(laws_energies(join_alpha(IMAGE, mask)))
    assert np.isnan(laws_energies(join_alpha(IMAGE, mask & False))).all()
