"""Heat maps of contributions: where in the image the columns of an extractor look."""

import re

import numpy as np

from ..features.frequency.scattering import Scattering
from ..features.gradients.felzenszwalb_hog import FelzenszwalbHOG
from ..features.gradients.hog import HOG
from ..features.gradients.multi_scale_hog import MultiScaleHOG
from ..features.pixels import RawPixels
from ._linear_model import LinearPart

CELL = re.compile(r"_row(\d+)_col(\d+)_")
LANDMARK = re.compile(r"landmark_(\d+)_(row|col)")
VALUES_PER_FELZENSZWALB_CELL = 31


def hog_cell_sums(extractor: HOG, image_shape: tuple[int, int], columns: np.ndarray) -> np.ndarray:
    """Sum what belongs to a cell and a direction over all blocks that the cell is part of.

    Parameters
    ----------
    extractor : HOG
    image_shape : (int, int)
    columns : ndarray (n_features,)
        A figure for each column.

    Returns
    -------
    sums : float64 ndarray (cell rows, cell columns, orientations)
    """
    cell_rows, cell_cols = (image_shape[axis] // extractor.pixels_per_cell[axis] for axis in (0, 1))
    block_rows, block_cols = extractor.cells_per_block
    blocks = cell_rows - block_rows + 1, cell_cols - block_cols + 1
    by_block = np.reshape(columns, (*blocks, block_rows, block_cols, extractor.orientations))
    sums = np.zeros((cell_rows, cell_cols, extractor.orientations))
    for row in range(block_rows):
        for col in range(block_cols):
            sums[row : row + blocks[0], col : col + blocks[1]] += by_block[:, :, row, col]
    return sums


def evidence_map(part: LinearPart) -> np.ndarray | None:
    """Contribution of every pixel of the image.

    Parameters
    ----------
    part : LinearPart

    Returns
    -------
    evidence : float64 ndarray (height, width) or None
        At each pixel the sum over the columns of its cell; None where the columns belong to no position.
    """
    if getattr(part.picture, "ndim", 0) < 2:
        return None
    height, width = part.picture.shape[:2]
    extractor, columns = part.extractor, part.contributions
    if isinstance(extractor, RawPixels):
        return columns.reshape(height, width, -1).sum(axis=2)
    if isinstance(extractor, HOG):
        return _hog_map(extractor, columns, (height, width))
    if isinstance(extractor, MultiScaleHOG):
        size_of = [name.split("_")[1] for name in part.names]  # "mshog_c4_00017"
        starts = [k for k, size in enumerate(size_of) if k == 0 or size != size_of[k - 1]]
        bins, block = extractor.orientations, extractor.cells_per_block
        hogs = [HOG(orientations=bins, pixels_per_cell=(k, k), cells_per_block=block) for k in extractor.cell_sizes]
        parts = zip(hogs, np.split(columns, starts[1:]), strict=True)
        return np.sum([_hog_map(hog, of_size, (height, width)) for hog, of_size in parts], axis=0)
    if isinstance(extractor, FelzenszwalbHOG):
        side = extractor.pixels_per_cell
        cells = columns.reshape(height // side, width // side, VALUES_PER_FELZENSZWALB_CELL).sum(axis=2)
        return _spread(cells, (side, side), (height, width))
    if isinstance(extractor, Scattering):
        side = 2**extractor.n_octaves
        grid = height // side, width // side  # in the middle of the image
        first = (height - side * grid[0]) // 2, (width - side * grid[1]) // 2
        return _spread(columns.reshape(-1, *grid).sum(axis=0), (side, side), (height, width), first)
    return _grid_map(part.names, columns, (height, width))


def _hog_map(extractor: HOG, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    cells = hog_cell_sums(extractor, shape, columns).sum(axis=2)
    return _spread(cells, extractor.pixels_per_cell, shape)


def _spread(
    cells: np.ndarray, pixels_per_cell: tuple[int, int], shape: tuple[int, int], first: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """Figures of cells at each of their pixels, the first cell beginning at the pixel `first`; 0 outside."""
    evidence = np.zeros(shape)
    inside = np.kron(cells, np.ones(pixels_per_cell))
    evidence[first[0] : first[0] + inside.shape[0], first[1] : first[1] + inside.shape[1]] = inside
    return evidence


def _grid_map(names: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray | None:
    places = [CELL.search(name) for name in names]
    if not any(places):
        return None
    cells = np.array([(int(place[1]), int(place[2])) for place in places if place])
    n_rows, n_cols = cells.max(axis=0) + 1
    sums = np.zeros((n_rows, n_cols))
    np.add.at(sums, tuple(cells.T), columns[[place is not None for place in places]])
    rows = np.searchsorted([shape[0] * k // n_rows for k in range(1, n_rows)], np.arange(shape[0]), side="right")
    cols = np.searchsorted([shape[1] * k // n_cols for k in range(1, n_cols)], np.arange(shape[1]), side="right")
    return sums[np.ix_(rows, cols)]


def landmark_evidence(part: LinearPart) -> np.ndarray | None:
    """Position and contribution of every landmark, its row and column together.

    Parameters
    ----------
    part : LinearPart

    Returns
    -------
    points : float64 ndarray (n_landmarks, 3) or None
        Row, column and contribution; None where the columns are no landmarks.
    """
    found = [LANDMARK.fullmatch(name) for name in part.names]
    if not any(found):
        return None
    points: dict[int, dict[str, float]] = {}
    for match, value, contribution in zip(found, part.values, part.contributions, strict=True):
        if match:
            point = points.setdefault(int(match[1]), {"row": 0.0, "col": 0.0, "contribution": 0.0})
            point[match[2]] = value
            point["contribution"] += contribution
    return np.array([list(points[number].values()) for number in sorted(points)])
