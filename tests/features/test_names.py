"""Parts of column names: sorted is in order, and fit for a name."""

import pytest

from featkit.features._names import cell_names, number_name, padded_numbers


@pytest.mark.parametrize("count", [1, 9, 10, 11, 101])
def test_padded_numbers_sort_as_they_count(count):
    names = padded_numbers(count)
    assert sorted(names) == names
    assert [int(name) for name in names] == list(range(count))
    assert len({len(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("value", "name"), [(1, "1"), (1.5, "1_5"), (0.0625, "0_0625"), (1 / 3, "0_333333"), (20.0, "20")]
)
def test_numbers_are_named_to_six_digits_without_a_point(value, name):
    assert number_name(value) == name


def test_cells_are_named_row_by_row_and_one_cell_is_not_mentioned():
    assert cell_names("f", (1, 1), ["a", "b"]) == ["f_a", "f_b"]
    names = cell_names("f", (2, 11), ["a"])
    assert (names[0], names[1], names[-1]) == ("f_row0_col00_a", "f_row0_col01_a", "f_row1_col10_a")
    assert sorted(names) == names
