import numpy as np
import pytest

from featkit.faces.training._point_gradients import FLAT, hog_at_points


def naive_hog(gray, point, cell_size, n_cells, n_directions):
    """By the definition, pixel by pixel: every gradient votes for two directions and up to four cells."""
    gray = gray.astype(np.float64)
    histograms = np.zeros((n_cells, n_cells, n_directions))
    for row in range(1, gray.shape[0] - 1):
        for col in range(1, gray.shape[1] - 1):
            d_row, d_col = gray[row + 1, col] - gray[row - 1, col], gray[row, col + 1] - gray[row, col - 1]
            position = np.arctan2(d_row, d_col) % (2 * np.pi) / (2 * np.pi) * n_directions
            low = int(position)
            for i in range(n_cells):
                for j in range(n_cells):
                    down = abs(row - point[0] - (i - (n_cells - 1) / 2) * cell_size) / cell_size
                    right = abs(col - point[1] - (j - (n_cells - 1) / 2) * cell_size) / cell_size
                    weight = max(0, 1 - down) * max(0, 1 - right) * np.hypot(d_row, d_col) / cell_size**2
                    histograms[i, j, low % n_directions] += weight * (1 - position + low)
                    histograms[i, j, (low + 1) % n_directions] += weight * (position - low)
    values = histograms.ravel()
    values = np.minimum(values / np.sqrt((values**2).sum() + FLAT**2), 0.2)
    return values / np.sqrt((values**2).sum() + FLAT**2)


@pytest.mark.parametrize(("cell_size", "n_cells"), [(4, 3), (5, 2), (8, 4)])
def test_descriptors_are_those_of_a_plain_loop(cell_size, n_cells):
    gray = np.random.default_rng(0).integers(0, 256, (64, 60), dtype=np.uint8)
    points = np.array([[24, 24], [31.25, 34.5], [39, 30]]) + 0.5 * (n_cells % 2 == 0) * (cell_size % 2)
    found = hog_at_points(gray, points, cell_size=cell_size, n_cells=n_cells, n_directions=8)
    expected = [naive_hog(gray, point, cell_size, n_cells, 8) for point in points]
    assert found == pytest.approx(np.array(expected), abs=1e-5)


def test_directions_are_those_of_growing_light():
    ramp = np.tile(np.arange(40, dtype=np.uint8), (40, 1))
    for turns, direction in enumerate((0, 6, 4, 2)):
        cells = hog_at_points(np.rot90(ramp, turns), np.array([[20.0, 20.0]]), n_cells=1)
        assert cells.argmax() == direction


def test_descriptors_hardly_depend_on_contrast():
    gray = np.random.default_rng(0).integers(0, 256, (40, 40)).astype(np.float32)
    points = np.array([[20.0, 20.0]])
    assert hog_at_points(gray / 4, points) == pytest.approx(hog_at_points(gray, points), abs=2e-3)
    assert not hog_at_points(np.full((40, 40), 9, np.uint8), points).any()
