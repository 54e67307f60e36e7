"""Functions refuse a word they do not know, as estimators do: nobody gets another method than the one asked for."""

import inspect

import numpy as np
import pytest

from tests.public_names import public_items

IMAGE = np.random.default_rng(0).integers(0, 256, (48, 48, 4)).astype(np.uint8)
WANTED = {
    "image": IMAGE,
    "reference": IMAGE,
    "height": 32,
    "width": 32,
    "amount": 0.1,
    "points": np.random.default_rng(0).uniform(10, 40, 136),
    "part_colors": np.zeros((2, 3)),
    "n": 1,
}
FREE_WORDS = {"title", "column"}  # any word will do, or a column of the user's own table


def words_of_functions():
    for package, name, function in public_items():
        if not inspect.isfunction(function):
            continue
        parameters = inspect.signature(function).parameters.values()
        for parameter in parameters:
            is_word = isinstance(parameter.default, str) and parameter.name not in FREE_WORDS
            if is_word and all(p.default is not p.empty or p.name in WANTED for p in parameters):
                yield pytest.param(function, parameter.name, id=f"{package}.{name}-{parameter.name}")


WORDS = list(words_of_functions())


def test_the_words_are_found():
    assert len(WORDS) > 40


@pytest.mark.filterwarnings("ignore::featkit.exceptions.ModelLicenseWarning")
@pytest.mark.parametrize(("function", "parameter"), WORDS)
def test_an_unknown_word_is_refused(function, parameter):
    needed = {p.name: WANTED[p.name] for p in inspect.signature(function).parameters.values() if p.default is p.empty}
    with pytest.raises(ValueError, match="bogus"):
        function(**needed | {parameter: "bogus"})
