"""NumPy's small integers are numbers like any other: they must not overflow on the way."""

from numbers import Integral

import numpy as np
import pytest
from sklearn.base import clone

from featkit.parameters import Interval
from featkit.testing import check_pictures

from .test_contract import IMAGE_ESTIMATORS, LEARNING_FROM_MASKS, REGRESSORS


def small_integers(estimator):
    """Parameters that may be integers, as the smallest type of NumPy that holds their value."""
    for name, constraints in estimator._parameter_constraints.items():
        value = getattr(estimator, name)
        is_whole = any(isinstance(constraint, Interval) and constraint.type is Integral for constraint in constraints)
        if is_whole and isinstance(value, int) and not isinstance(value, bool):
            yield name, np.min_scalar_type(value).type(value)


CASES = {
    f"{type(estimator).__name__}, {name}": (estimator, name, value)
    for estimator in IMAGE_ESTIMATORS
    if estimator not in REGRESSORS and hasattr(estimator, "transform")
    for name, value in small_integers(estimator)
}


def test_the_integers_are_found():
    assert len(CASES) > 40


@pytest.mark.filterwarnings("ignore::featkit.exceptions.ModelLicenseWarning")
@pytest.mark.parametrize(("estimator", "name", "value"), CASES.values(), ids=CASES)
def test_it_gives_the_same(estimator, name, value):
    pictures, targets = check_pictures(6, height=40, width=44), np.arange(6) % 2
    if estimator in LEARNING_FROM_MASKS:
        targets = pictures[..., 0] > np.median(pictures)
    expected = clone(estimator).fit_transform(pictures, targets)
    found = clone(estimator).set_params(**{name: value}).fit(pictures, targets)
    for one, other in zip(found.transform(pictures), expected, strict=True):
        np.testing.assert_array_equal(one, other)
    if hasattr(found, "image_shape_") or not hasattr(found, "inverse_transform"):
        names = found.get_feature_names_out()
        assert names is None or len(names) == len(expected[0])
