"""Contributions lie on the pixels that their columns look at."""

import re

import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from featkit import HOG, ColorMoments, MultiScaleHOG, RawPixels, Scattering, explain
from featkit.inspection._heatmaps import evidence_map, hog_cell_sums, landmark_evidence


def test_cells_of_hog_add_up_over_their_blocks():
    columns = np.arange(2 * 1 * 2 * 2 * 3, dtype=float)  # 3 x 2 cells, blocks of 2 x 2, three orientations
    sums = hog_cell_sums(HOG(orientations=3, pixels_per_cell=(4, 4), cells_per_block=(2, 2)), (12, 8), columns)
    by_hand = np.zeros((3, 2, 3))
    for block in range(2):
        for k in range(12):
            cell, orientation = divmod(k, 3)
            by_hand[block + cell // 2, cell % 2, orientation] += 12 * block + k
    assert np.array_equal(sums, by_hand)


@pytest.mark.parametrize(("shape", "first"), [((35, 44), (1, 2)), ((32, 40), (0, 0)), ((39, 33), (3, 0))])
def test_cells_of_scattering_lie_in_the_middle_of_the_image(shape, first):
    rng = np.random.default_rng(0)
    images, labels = rng.random((12, *shape)), np.arange(12) % 2
    scattering = Scattering(n_octaves=3, orientations=4)
    model = make_pipeline(scattering, RidgeClassifier()).fit(images, labels)
    part = explain(model, images[0]).parts[0]
    evidence = evidence_map(part)
    cells = [name.rsplit("_", 2)[-2:] for name in part.names]
    grid = shape[0] // 8, shape[1] // 8
    for row, col in np.ndindex(*grid):
        expected = part.contributions[[cell == [f"row{row}", f"col{col}"] for cell in cells]].sum()
        top, left = first[0] + 8 * row, first[1] + 8 * col
        assert evidence[top : top + 8, left : left + 8] == pytest.approx(np.full((8, 8), expected))
    assert not evidence[: first[0]].any()
    assert not evidence[:, : first[1]].any()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("n_octaves", [1, 2])
def test_scattering_beside_other_features_of_scaled_and_selected_columns_is_a_map(n_octaves, order):
    """Colour and alpha in the image, other columns before it, and columns of weight 0: cells add up by their names."""
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (12, 21, 26, 4)).astype(np.uint8), np.arange(12) % 2
    features = make_union(ColorMoments(), Scattering(n_octaves=n_octaves, orientations=3, order=order))
    steps = StandardScaler(), SelectKBest(k=40), RidgeClassifier()
    explanation = explain(make_pipeline(features, *steps).fit(images, labels), images[3])
    part = next(part for part in explanation.parts if isinstance(part.extractor, Scattering))
    assert (part.contributions == 0).any()
    evidence, side = evidence_map(part), 2**n_octaves
    cells = [re.search(r"_row(\d+)_col(\d+)$", name).groups() for name in part.names]
    by_cell = np.zeros((21 // side, 26 // side))
    for (row, col), contribution in zip(cells, part.contributions, strict=True):
        by_cell[int(row), int(col)] += contribution
    top, left = (21 - side * (21 // side)) // 2, (26 - side * (26 // side)) // 2
    middle = evidence[top:, left:][: side * (21 // side) : side, : side * (26 // side) : side]
    np.testing.assert_allclose(middle, by_cell)
    assert evidence.sum() == pytest.approx(side**2 * part.contributions.sum())


@pytest.mark.parametrize("shape", [(24, 32), (27, 35)])
def test_cells_of_hog_in_several_sizes_are_added(shape):
    images = np.random.default_rng(0).random((6, *shape))
    several = part_of(MultiScaleHOG(cell_sizes=(8, 3), orientations=4, cells_per_block=(2, 1)), images)
    evidence = np.zeros(shape)
    for size in (8, 3):
        is_size = [name.startswith(f"mshog_c{size}_") for name in several.names]
        hog = HOG(orientations=4, pixels_per_cell=(size, size), cells_per_block=(2, 1))
        cells = hog_cell_sums(hog, shape, several.contributions[is_size]).sum(axis=2)
        for row, col in np.ndindex(*cells.shape):
            evidence[row * size : (row + 1) * size, col * size : (col + 1) * size] += cells[row, col]
    np.testing.assert_allclose(evidence_map(several), evidence, atol=1e-12)
    assert np.abs(evidence).max() > 0


def part_of(extractor, images):
    model = make_pipeline(extractor, RidgeClassifier()).fit(images, np.arange(len(images)) % 2)
    return explain(model, images[0]).parts[0]


def test_pixels_are_their_own_heat_map_colours_summed():
    images = np.random.default_rng(0).random((6, 5, 7, 3))
    part = part_of(RawPixels(), images)
    np.testing.assert_allclose(evidence_map(part), part.contributions.reshape(5, 7, 3).sum(axis=2))


@pytest.mark.parametrize("shape", [(12, 20), (13, 22)])
def test_cells_of_a_grid_share_the_image_as_the_feature_does(shape):
    images = np.random.default_rng(0).random((6, *shape, 3))
    part = part_of(ColorMoments(grid=(2, 3)), images)
    evidence = evidence_map(part)
    first = part.contributions[["_row0_col0_" in name for name in part.names]].sum()
    last = part.contributions[["_row1_col2_" in name for name in part.names]].sum()
    assert evidence[0, 0] == evidence[shape[0] // 2 - 1, shape[1] // 3 - 1] == pytest.approx(first)
    assert evidence[-1, -1] == evidence[shape[0] // 2, 2 * shape[1] // 3] == pytest.approx(last)


def test_columns_without_a_position_have_no_map():
    part = part_of(ColorMoments(), np.random.default_rng(0).random((6, 9, 9, 3)))
    assert evidence_map(part) is None
    assert landmark_evidence(part) is None
