"""A function, its class and its names are one feature: the same parameters, described in the same words."""

import inspect
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from tests.public_names import public_items

ITEMS = {name: item for package, name, item in public_items() if package.startswith("featkit.features")}
NAMES = sorted(name for name in ITEMS if name.endswith("_names"))


def of_classes():
    """Function and class that share a file and are the only ones of their kind in it, beside codes and names."""
    for name, kind in ITEMS.items():
        if inspect.isclass(kind) and issubclass(kind, BaseEstimator):
            for title, function in ITEMS.items():
                if inspect.isfunction(function) and function.__module__ == kind.__module__:
                    parameters = keywords(function)
                    if parameters == list(inspect.signature(kind).parameters) and not title.endswith("_names"):
                        yield title, name


def keywords(function):
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]


def described(item):
    """Type and text of every parameter of a docstring."""
    section = re.search(r"\nParameters\n-+\n(.*?)(?=\n\n\w[\w ]+\n-+\n|\Z)", inspect.getdoc(item), re.DOTALL)[1]
    texts = {}
    for heads, text in re.findall(r"^(\S.*) : .*\n((?:    .*\n?|\n)*)", section + "\n", re.MULTILINE):
        kind = re.search(rf"^{re.escape(heads)} : (.*)$", section, re.MULTILINE)[1]
        texts |= dict.fromkeys(heads.split(", "), (kind, text.split()))
    return texts


PAIRS = sorted(of_classes())


def test_the_pairs_are_found():
    assert len(PAIRS) >= 30
    assert len(NAMES) >= 30


@pytest.mark.parametrize(("function", "kind"), PAIRS)
def test_function_and_class_describe_a_parameter_once(function, kind):
    of_function, of_class = described(ITEMS[function]), described(ITEMS[kind]) if keywords(ITEMS[function]) else {}
    for name in keywords(ITEMS[function]):
        assert of_class[name] == of_function[name], name
    assert inspect.getdoc(ITEMS[kind]).count("\n") > 10


@pytest.mark.parametrize("name", NAMES)
def test_names_take_the_keywords_of_their_function(name):
    names, function = ITEMS[name], ITEMS[name.removesuffix("_names")]
    own, others = (
        {p.name: p.default for p in inspect.signature(item).parameters.values() if p.kind is p.KEYWORD_ONLY}
        for item in (names, function)
    )
    assert own == others


@pytest.mark.parametrize("name", NAMES)
def test_names_are_as_many_as_values(name):
    names, function = ITEMS[name], ITEMS[name.removesuffix("_names")]
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    first = next(iter(inspect.signature(function).parameters))
    given = image if first == "image" else image[..., 0] > 99
    shape = [(64, 64)] if "image_shape" in inspect.signature(names).parameters else []
    assert len(names(*shape)) == len(function(given))
