from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import pytest
from sklearn.utils import _param_validation

from featkit import HOG, FeatureExtractor, LocalBinaryPattern, PairFeatures
from featkit.features.gradients import hog
from featkit.parameters import (
    COUNT,
    FRACTION,
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    check_distinct,
    check_number,
    check_option,
    check_pair,
    check_parameters,
    make_constraint,
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


def test_an_unknown_parameter_is_an_error_of_the_caller():
    with pytest.raises(KeyError):
        check_parameters(HOG, directions=9)


BOUNDS = [(0, 1), (0, None), (None, 5), (None, None), (-2, 3)]
NUMBERS = [-3, -2, 0, 1, 3, 5, 6, 0.5, 1.0, -0.0, 2**70, -np.inf, np.inf, np.nan, True, Fraction(1, 3)]
NUMBERS += [np.int8(1), np.uint64(3), np.float32(0.1), np.float64("nan"), None, "1", 1j, np.ones(1), [1]]


@pytest.mark.parametrize("closed", ["left", "right", "both", "neither"])
@pytest.mark.parametrize("numbers", [Integral, Real])
@pytest.mark.parametrize("bounds", BOUNDS)
def test_intervals_are_those_of_scikit_learn(numbers, bounds, closed):
    try:
        theirs = _param_validation.Interval(numbers, *bounds, closed=closed)
    except ValueError:  # infinity is no integer
        return
    ours = Interval(numbers, *bounds, closed=closed)
    assert str(ours) == str(theirs) == str(make_constraint(ours))
    for number in NUMBERS:
        if not isinstance(number, Fraction):  # scikit-learn asks NumPy whether it is NaN, which NumPy cannot tell
            assert ours.is_satisfied_by(number) == bool(theirs.is_satisfied_by(number)), number
    assert Interval(Real, 0, 1, closed="both").is_satisfied_by(Fraction(1, 3))


def test_types_of_constraints_are_those_of_scikit_learn():
    for ours in (Options(Integral, {5, 68}), StrOptions({"mean"}), HasMethods("fit"), HasMethods(["fit", "predict"])):
        theirs = make_constraint(ours)
        assert type(theirs) is getattr(_param_validation, type(ours).__name__)
        assert str(theirs) == str(getattr(_param_validation, type(ours).__name__)(**vars(ours)))
    assert make_constraint(theirs) is theirs  # an estimator may declare scikit-learn's own
    counts = Options(Integral, {5, 68})
    for value in (5, np.int64(68), 6, 5.0, "5", None):
        assert counts.is_satisfied_by(value) == make_constraint(counts).is_satisfied_by(value)
    assert str(counts) == str(make_constraint(counts))


def test_an_estimator_says_what_scikit_learn_says():
    class Both(FeatureExtractor):
        parameter_constraints = {
            "a": [COUNT, _param_validation.StrOptions({"auto"}), None],
            "b": ["boolean", _param_validation.Hidden(_param_validation.StrOptions({"old"}))],
        }

        def __init__(self, *, a=1, b=True):
            self.a, self.b = a, b

    for values in ({"a": 0}, {"a": "all"}, {"b": 2}):
        declared = {
            name: [make_constraint(one) if one is COUNT else one for one in ones]
            for name, ones in Both.parameter_constraints.items()
        }
        with pytest.raises(_param_validation.InvalidParameterError) as theirs:
            _param_validation.validate_parameter_constraints(declared, values, caller_name="Both")
        with pytest.raises(InvalidParameterError) as ours:
            check_parameters(Both, **values)
        assert str(ours.value) == str(theirs.value)
    check_parameters(Both, a="auto", b=False)


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
