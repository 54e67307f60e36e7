import inspect

import numpy as np
import pytest

from featkit import HOG, LocalBinaryPattern, PairFeatures
from featkit.features.gradients import hog
from featkit.parameters import (
    COUNT,
    FRACTION,
    InvalidParameterError,
    check_distinct,
    check_number,
    check_option,
    check_pair,
    check_parameters,
)


@pytest.mark.parametrize(("kind", "values"), [(HOG, {"orientations": 0}), (LocalBinaryPattern, {"radius": "wide"})])
def test_a_function_refuses_with_the_message_of_its_class(kind, values):
    with pytest.raises(InvalidParameterError) as of_function:
        check_parameters(kind, **values)
    with pytest.raises(InvalidParameterError) as of_class:
        kind(**values).fit(np.zeros((1, 64, 64), np.uint8))
    assert str(of_function.value) == str(of_class.value)
    (name,) = values
    assert f"The {name!r} parameter of {kind.__name__} must be" in str(of_function.value)


def test_good_values_pass_without_a_word():
    assert check_parameters(HOG, orientations=np.int64(9), pixels_per_cell=(8, 8), block_norm="L2") is None
    assert check_parameters(PairFeatures, kinds=("difference",)) is None  # constraints of scikit-learn's own bases, too
    assert len(hog(np.zeros((24, 24), np.uint8), orientations=np.int8(9))) == 81


def test_names_of_parameters_are_those_of_the_constructor():
    class MoreOrientations(HOG):
        def __init__(self, *, more=2, orientations=9):
            super().__init__(orientations=orientations)
            self.more = more

    assert MoreOrientations._get_param_names() == ["more", "orientations"]
    HOG._get_param_names().clear()
    assert HOG().get_params()["orientations"] == 9
    assert HOG().get_params().keys() == inspect.signature(HOG).parameters.keys()


def test_an_unknown_parameter_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        check_parameters(HOG, directions=9)


def test_numbers_options_and_pairs():
    assert check_number("n", np.int8(3), COUNT) == 3
    assert type(check_number("share", 1, FRACTION)) is float
    with pytest.raises(InvalidParameterError, match="'n' parameter must be an int in the range .1, inf., got 0"):
        check_number("n", 0, COUNT)
    with pytest.raises(InvalidParameterError, match="one of .'a', 'b'., got 'c'"):
        check_option("mode", "c", ["a", "b"])
    assert check_pair("grid", [np.int64(2), 3]) == (2, 3)
    for wrong in (2, (2,), (2, 0), (2, 2.5), "22x"):
        with pytest.raises(InvalidParameterError, match="pair"):
            check_pair("grid", wrong)
    assert check_distinct("distances", (1, 3), 1, 9) == [1, 3]
    for wrong in ((1, 1), (), (0, 1), (1, 10), 3):
        with pytest.raises(InvalidParameterError, match="distinct integers from 1 to 9"):
            check_distinct("distances", wrong, 1, 9)
