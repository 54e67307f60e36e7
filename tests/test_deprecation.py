import inspect
import warnings

import pytest
from sklearn.base import BaseEstimator, clone

from featkit._deprecation import Renamed, renamed_parameter, with_old_names


@renamed_parameter("n_shades", "n_levels", since="0.2", until="0.4")
def count(image, *, n_levels=8):
    return image, n_levels


class Counter(BaseEstimator):
    @renamed_parameter("n_shades", "n_levels", since="0.2", until="0.4")
    def __init__(self, *, n_levels=8):
        self.n_levels = n_levels


def test_the_old_parameter_works_and_says_since_when_and_until_when():
    with pytest.warns(FutureWarning, match=r"n_shades is called n_levels since featkit 0.2.* gone in 0.4") as told:
        assert count("image", n_shades=3) == ("image", 3)
    assert told[0].filename == __file__


def test_the_new_parameter_works_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert count("image", n_levels=3) == ("image", 3)
        assert count("image") == ("image", 8)
    assert list(inspect.signature(count).parameters) == ["image", "n_levels"]


def test_both_at_once_are_refused():
    with pytest.raises(TypeError, match="both n_levels and n_shades"):
        count("image", n_levels=3, n_shades=3)


def test_an_estimator_knows_the_new_name_alone():
    with pytest.warns(FutureWarning, match="n_shades"):
        counter = Counter(n_shades=3)
    assert clone(counter).get_params() == {"n_levels": 3}


def test_a_moved_name_is_found_and_says_so():
    find = with_old_names("featkit.features", {"RunLengths": Renamed("GLRLM", "0.2", "0.4")}, {"GLRLM": 1}.__getitem__)
    assert find("GLRLM") == 1
    with pytest.warns(FutureWarning, match=r"featkit.features.RunLengths is called GLRLM since featkit 0.2") as told:
        assert find("RunLengths") == 1
    assert told[0].filename == __file__
