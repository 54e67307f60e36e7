"""Tables of landmarks are read as what they are; what they cannot be is refused."""

import numpy as np
import pytest

from featkit.exceptions import LandmarkFormatError
from featkit.faces.landmarks import check_landmarks, mirror_landmarks, normalized_mean_error

TRUE = np.array([[0, 0, 0, 10, 5, 5], [0, 0, 20, 0, 5, 5]], dtype=float)
FOUND = TRUE + [[3, 4, 0, 0, 0, 0], [0, 0, 0, 0, 6, 8]]  # 5 / 3 and 10 / 3 away on average


@pytest.mark.parametrize("unit", [(0, 1), [0, 1], (np.int64(0), np.int64(1)), (1, 0)])
def test_two_points_are_the_unit_in_a_tuple_as_in_a_list(unit):
    assert normalized_mean_error(TRUE, FOUND, unit=unit) == pytest.approx([5 / 3 / 10, 10 / 3 / 20])


@pytest.mark.parametrize("unit", [[10.0, 20.0], np.array([10, 20]), (10.0, 20.0)])
def test_lengths_are_the_unit_as_floats_or_as_an_array(unit):
    assert normalized_mean_error(TRUE, FOUND, unit=unit) == pytest.approx([5 / 3 / 10, 10 / 3 / 20])


@pytest.mark.parametrize("unit", [(0, 3), (-1, 0), (1, 1), [10, 20], [1.0], 5.0, [1.0, np.inf], [1.0, -1.0], (0, 1, 2)])
def test_other_units_are_refused(unit):
    with pytest.raises(LandmarkFormatError, match="'unit'"):
        normalized_mean_error(TRUE, FOUND, unit=unit)


def test_a_length_of_nothing_gives_nan():
    assert np.isnan(normalized_mean_error(TRUE, FOUND, unit=[0.0, np.nan])).all()


def test_the_mirror_names_every_point_and_every_image_has_a_width():
    assert mirror_landmarks(TRUE, [11, 21], (1, 0, 2)).tolist() == [[0, 0, 0, 10, 5, 5], [20, 20, 0, 20, 5, 15]]
    for mirror in ((1, 0), (0, 0, 2), (3, 1, 2)):
        with pytest.raises(LandmarkFormatError, match="each of the 3 points once"):
            mirror_landmarks(TRUE, 11, mirror)
    with pytest.raises(LandmarkFormatError, match="one for each of 2 shapes"):
        mirror_landmarks(TRUE, [11, 12, 13], (1, 0, 2))


def test_a_table_becomes_points_of_the_number_asked_for():
    table = np.arange(12.0).reshape(2, 6)
    assert check_landmarks(table, n_points=3).tolist() == table.reshape(2, 3, 2).tolist()
    with pytest.raises(LandmarkFormatError, match="with 8 columns"):
        check_landmarks(table, n_points=4)


@pytest.mark.parametrize(("shape", "n_points"), [((2, 68, 3), 68), ((2, 204), 68), ((2, 9, 3), None), ((9, 3), None)])
def test_points_in_space_are_refused_with_how_to_project_them(shape, n_points):
    with pytest.raises(LandmarkFormatError, match=r"leaving out their depth: points\[\.\.\., :2\]"):
        check_landmarks(np.zeros(shape), n_points=n_points)
    with pytest.raises(LandmarkFormatError) as refused:
        check_landmarks(np.zeros((2, 7)), n_points=n_points)
    assert "depth" not in str(refused.value)
