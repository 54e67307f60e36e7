"""Amadasun and King's statistics: a naive reading of the paper, and what must not matter."""

import numpy as np
import pytest
from skimage import data

from featkit import join_alpha
from featkit.features.texture import ngtdm, ngtdm_names

RNG = np.random.default_rng(0)
N_LEVELS = 5


def naive_statistics(levels, distance):
    height, width = levels.shape
    sums, counts = dict.fromkeys(range(1, N_LEVELS + 1), 0.0), dict.fromkeys(range(1, N_LEVELS + 1), 0)
    for row, col in np.ndindex(levels.shape):
        near = [
            levels[r, c]
            for r in range(max(row - distance, 0), min(row + distance + 1, height))
            for c in range(max(col - distance, 0), min(col + distance + 1, width))
            if (r, c) != (row, col)
        ]
        sums[levels[row, col]] += abs(levels[row, col] - np.mean(near))
        counts[levels[row, col]] += 1
    n = levels.size
    p, s = {i: counts[i] / n for i in counts}, {i: sums[i] / n for i in sums}
    there = [i for i in counts if counts[i]]
    pairs = [(i, j) for i in there for j in there]
    change = sum(s.values())
    return [
        1 / sum(p[i] * s[i] for i in there),
        sum(p[i] * p[j] * (i - j) ** 2 for i, j in pairs) / (len(there) * (len(there) - 1)) * change,
        sum(p[i] * s[i] for i in there) / sum(abs(i * p[i] - j * p[j]) for i, j in pairs),
        sum(abs(i - j) * (p[i] * s[i] + p[j] * s[j]) / (p[i] + p[j]) for i, j in pairs),
        sum((p[i] + p[j]) * (i - j) ** 2 for i, j in pairs) / change,
    ]


@pytest.mark.parametrize("distance", [1, 2])
def test_the_formulas(distance):
    levels = RNG.choice([1, 2, 4, 5], (8, 11))  # level 3 does not occur
    gray = (levels * 51 - 25).astype(np.uint8)
    found = ngtdm(gray, n_levels=N_LEVELS, distance=distance)
    assert found == pytest.approx(naive_statistics(levels, distance))


def test_large_patches_are_coarser_and_noise_is_busier():
    noise = RNG.integers(0, 256, (48, 48)).astype(np.uint8)
    patches = np.kron(noise[:6, :6], np.ones((8, 8), np.uint8))
    fine, coarse = (dict(zip(ngtdm_names(), ngtdm(x))) for x in (noise, patches))
    assert coarse["ngtdm_coarseness"] > 2 * fine["ngtdm_coarseness"]
    assert fine["ngtdm_busyness"] > 2 * coarse["ngtdm_busyness"]


def test_a_larger_image_of_the_same_texture_gives_the_same():
    texture = data.gravel()
    small, large = ngtdm(texture[:200, :200]), ngtdm(texture[:400, :400])
    assert large == pytest.approx(small, rel=0.25)


def test_turns_and_mirrors_change_nothing():
    image = data.brick()[:60, :70]
    for same in (np.rot90(image), image[::-1], image[:, ::-1]):
        assert ngtdm(same) == pytest.approx(ngtdm(image))


def test_only_the_foreground_counts():
    mask = np.zeros((50, 60), dtype=bool)
    mask[5:25, 10:40] = True
    image = data.grass()[:50, :60]
    expected = ngtdm(image[5:25, 10:40])
    assert ngtdm(join_alpha(image, mask)) == pytest.approx(expected)


def test_a_flat_image_is_as_coarse_as_can_be_and_else_nothing():
    assert ngtdm(np.full((9, 9), 90, np.uint8)).tolist() == [1e6, 0, 0, 0, 0]


def test_busyness_is_largest_where_it_is_infinite():
    """300 pixels of level 2 and 600 of level 1: both i p(i) are 2/3."""
    image = np.zeros(900, np.uint8)
    image[RNG.permutation(900)[:300]] = 255
    names = ngtdm_names()
    assert dict(zip(names, ngtdm(image.reshape(30, 30), n_levels=2)))["ngtdm_busyness"] == 1e6
    image[np.flatnonzero(image == 0)[0]] = 255
    near = dict(zip(names, ngtdm(image.reshape(30, 30), n_levels=2)))
    assert 10 < near["ngtdm_busyness"] < 1000


@pytest.mark.parametrize("n_foreground", [0, 1])
def test_without_a_neighbour_there_is_nothing_to_say(n_foreground):
    mask = np.zeros((9, 9), dtype=bool)
    mask[4, 4 : 4 + n_foreground] = True
    assert np.isnan(ngtdm(join_alpha(data.grass()[:9, :9], mask))).all()
