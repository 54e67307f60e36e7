import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from featkit import HOG
from featkit.base.checked_estimator import CheckedEstimator
from featkit.parameters import COUNT, InvalidParameterError


class Counter(CheckedEstimator):
    _parameter_constraints = {"n": [COUNT], "free": "no_validation"}

    def __init__(self, n=1, free=None):
        self.n, self.free = n, free


def test_parameters_are_checked_and_messages_are_short():
    assert isinstance(Counter(), BaseEstimator)
    assert Counter(n=np.int8(3), free=object())._validate_params() is None
    for wrong in (0, 1.5, None, np.ones(10_000)):
        with pytest.raises(
            InvalidParameterError, match="'n' parameter of Counter must be an int in the range"
        ) as caught:
            Counter(n=wrong)._validate_params()
        assert len(str(caught.value)) < 200


def test_a_parameter_taken_away_is_missed():
    counter = Counter()
    del counter.n
    with pytest.raises(AttributeError, match="n"):
        counter._validate_params()


def test_names_of_parameters_are_those_of_the_constructor():
    class MoreOrientations(HOG):
        def __init__(self, *, more=2, orientations=9):
            super().__init__(orientations=orientations)
            self.more = more

    assert MoreOrientations._get_param_names() == ["more", "orientations"]
    HOG._get_param_names().clear()
    assert HOG().get_params()["orientations"] == 9
    assert HOG().get_params().keys() == inspect.signature(HOG).parameters.keys()
