"""Codes of the sizes of differences, compared with the mean one in fractions."""

from fractions import Fraction

import numpy as np
import pytest

from featkit.features.binary_patterns._codes import STEPS
from featkit.features.binary_patterns._magnitudes import fill_size_codes


def naive(image, positions, margin, shape):
    """Every sum a fraction, as no rounding may decide."""

    def between(row, col):
        top, left = row // STEPS, col // STEPS
        down, right = Fraction(row % STEPS, STEPS), Fraction(col % STEPS, STEPS)
        value = Fraction(0)
        for near_row, row_part in ((top, 1 - down), (top + 1, down)):
            for near_col, col_part in ((left, 1 - right), (left + 1, right)):
                if row_part and col_part:
                    value += row_part * col_part * int(image[near_row, near_col])
        return value

    sizes = np.array(
        [
            [
                [
                    abs(
                        between((row + margin) * STEPS + y, (col + margin) * STEPS + x)
                        - int(image[row + margin, col + margin])
                    )
                    for y, x in positions.tolist()
                ]
                for col in range(shape[1])
            ]
            for row in range(shape[0])
        ]
    )
    mean = sizes.sum() / sizes.size
    return ((sizes >= mean) * 2 ** np.arange(len(positions))).sum(axis=2)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("n_points", [4, 8])
def test_bits_are_set_where_a_difference_is_at_least_the_mean(dtype, n_points):
    image = np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, (9, 8)).astype(dtype)
    angles = 2 * np.pi * np.arange(n_points) / n_points
    positions = np.rint(STEPS * 1.5 * np.column_stack([-np.sin(angles), np.cos(angles)])).astype(np.int64)
    codes = np.empty((5, 4), np.uint8)
    fill_size_codes(image, positions, 2, codes)
    np.testing.assert_array_equal(codes, naive(image, positions, 2, codes.shape).astype(int))


def test_a_flat_image_reaches_its_mean_of_zero_everywhere():
    codes = np.zeros((3, 3), np.uint8)
    fill_size_codes(np.full((5, 5), 65535, np.uint16), np.array([[0, STEPS], [STEPS, 0]]), 1, codes)
    assert (codes == 3).all()
