import numpy as np
import pytest

from featkit.scale._fitting.saddles import checkerboard_grid


@pytest.mark.parametrize(("n_rows", "n_cols"), [(4, 4), (5, 9)])
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_every_inner_corner_is_numbered(n_rows, n_cols, turn):
    squares = np.add.outer(np.arange(n_rows), np.arange(n_cols)) % 2 * 200
    image = np.pad(np.kron(squares, np.ones((20, 20))), 30, constant_values=255).astype(np.uint8)
    points, numbers = checkerboard_grid(np.ascontiguousarray(np.rot90(image, turn)))
    assert len(points) == (n_rows - 1) * (n_cols - 1)
    expected = 49.5 + 20 * numbers  # rows downwards, columns to the right
    np.testing.assert_allclose(points, expected, atol=0.7)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_flat_images_have_no_grid(value):
    assert checkerboard_grid(np.full((60, 60), value, np.uint8)) is None
