"""GLSZM: naive formulas over components of scipy, a checkerboard, alpha."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from featkit import GLSZM, join_alpha
from featkit.features.texture import glszm, glszm_names

RNG = np.random.default_rng(0)
N_LEVELS = 4
GRAY = (RNG.integers(0, N_LEVELS, (9, 13)) * 64 + 20).astype(np.uint8)
LEVELS = GRAY // 64


def naive_statistics(matrix, n_pixels):
    """The formulas over the matrix (level, size) of counts."""
    level, size = np.indices(matrix.shape) + 1.0
    share = matrix / matrix.sum()
    return [
        (share / size**2).sum(),
        (share * size**2).sum(),
        (share.sum(axis=1) ** 2).sum(),
        (share.sum(axis=0) ** 2).sum(),
        matrix.sum() / n_pixels,
        (share / level**2).sum(),
        (share * level**2).sum(),
        (share / size**2 / level**2).sum(),
        (share / size**2 * level**2).sum(),
        (share * size**2 / level**2).sum(),
        (share * size**2 * level**2).sum(),
    ]


def test_zones_follow_their_formulas():
    matrix = np.zeros((N_LEVELS, LEVELS.size))
    for level in range(N_LEVELS):
        labels, _ = ndimage.label(level == LEVELS, structure=np.ones((3, 3)))
        for area in np.bincount(labels.ravel())[1:]:
            matrix[level, area - 1] += 1
    assert glszm(GRAY, n_levels=N_LEVELS) == pytest.approx(naive_statistics(matrix, LEVELS.size))


def test_the_zones_of_a_checkerboard_are_two():
    board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)  # diagonal neighbours touch
    statistics = dict(zip(glszm_names(), glszm(board)))
    assert statistics["glszm_percentage"] == 2 / 64
    assert statistics["glszm_long_emphasis"] == 32**2


@pytest.mark.parametrize("function", [glszm])
def test_turns_and_mirrors_change_nothing(function):
    image = data.brick()[:60, :70]
    for same in (np.rot90(image), image[::-1], image[:, ::-1]):
        assert function(same) == pytest.approx(function(image))


@pytest.mark.parametrize("function", [glszm])
def test_only_the_foreground_counts(function):
    mask = np.zeros((50, 60), dtype=bool)
    mask[5:25, 10:40] = True
    image = data.grass()[:50, :60]
    assert function(join_alpha(image, mask)) == pytest.approx(function(image[5:25, 10:40]))
    assert np.isnan(function(join_alpha(image, np.zeros_like(mask)))).all()


@pytest.mark.parametrize(("estimator", "names"), [(GLSZM(), glszm_names())])
def test_brick_gravel_and_grass_are_told_apart(estimator, names):
    textures = [texture()[:256, :256] for texture in (data.brick, data.gravel, data.grass)]
    patches = np.array(
        [t[r : r + 64, c : c + 64] for t in textures for r in range(0, 256, 64) for c in range(0, 256, 64)]
    )
    rows = np.log(estimator.set_output(transform="default").fit_transform(patches))
    assert rows.shape == (48, len(names))
    scaled = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    centers = scaled.reshape(3, 16, -1)[:, ::2].mean(axis=1)
    test = scaled.reshape(3, 16, -1)[:, 1::2]
    nearest = ((test[:, :, np.newaxis] - centers) ** 2).sum(axis=3).argmin(axis=2)
    assert (nearest == np.arange(3)[:, np.newaxis]).mean() > 0.85
