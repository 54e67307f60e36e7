"""Parts of the names of columns: numbers padded so that sorted is in order, cells of a grid."""

from collections.abc import Sequence

import numpy as np

from ..parameters import check_pair


def padded_numbers(count: int, min_digits: int = 1) -> list[str]:
    """Text of 0 ... count - 1, all of one length."""
    digits = max(min_digits, len(str(count - 1)))
    return [f"{number:0{digits}d}" for number in range(count)]


def number_name(value: float) -> str:
    """Text of a number to six digits that fits into a column name: 1.5 is 1_5."""
    return np.format_float_positional(value, 6, unique=False, fractional=False, trim="-").replace(".", "_")


def cell_names(family: str, grid: tuple[int, int], columns: Sequence[str]) -> list[str]:
    """Names of the columns of every cell of a grid; a grid of one cell is not mentioned."""
    rows, cols = check_pair("grid", grid)
    if rows * cols == 1:
        return [f"{family}_{column}" for column in columns]
    cells = [f"row{row}_col{col}" for row in padded_numbers(rows) for col in padded_numbers(cols)]
    return [f"{family}_{cell}_{column}" for cell in cells for column in columns]
