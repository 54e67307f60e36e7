"""A function, its class and its names are one thing: the same parameters, described in the same words."""

import inspect
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from tests.public_names import feature_twins, keywords, public_items

PACKAGES = {name: package for package, name, _ in public_items()}
ITEMS = {name: item for _, name, item in public_items()}
NAMES = sorted(name for name in ITEMS if name.endswith("_names"))

# (class, parameter): what else it means there than in the function of the same parameter
OTHER_MEANINGS = {
    ("BackgroundRemover", "mask"): "a segmentation of one's own, not a mask",
    ("LandmarkPredictor", "mirror"): "None: no mirroring, where the function needs one",
    ("LandmarkPredictor", "unit"): "of the score; the function takes lengths as well",
    ("PartMeasurements", "reference"): "the name of a part, where the function knows numbers alone",
    ("ProcrustesAligner", "mirror"): "what becomes of the shape, where the function gives a distance",
    ("ProcrustesAligner", "scale"): "what becomes of the shape, where the function gives a distance",
    ("ChunkedTransformer", "transformer"): "of images as well; the function takes files alone",
    ("ChunkedTransformer", "n_jobs"): "with a backend of its own",
}


def section_of(item, title):
    found = re.search(rf"\n{title}\n-+\n(.*?)(?=\n\n\w[\w ]+\n-+\n|\Z)", inspect.getdoc(item) or "", re.DOTALL)
    return found[1] if found else ""


def described(item):
    """Type, without its default, and words of every parameter of a docstring."""
    section = section_of(item, "Parameters")
    texts = {}
    for heads, text in re.findall(r"^(\S.*) : .*\n((?:    .*\n?|\n)*)", section + "\n", re.MULTILINE):
        kind = re.search(rf"^{re.escape(heads)} : (.*)$", section, re.MULTILINE)[1]
        texts |= dict.fromkeys(heads.split(", "), (kind.partition(", default")[0], " ".join(text.split())))
    return texts


def named_in(item):
    """Names in See Also, without their packages."""
    lines = re.findall(r"^([\w., ]+?)(?: :|$)", section_of(item, "See Also"), re.MULTILINE)
    return {name.strip().rpartition(".")[2] for line in lines for name in line.split(",")}


def functions_of(kind):
    """Functions that share the file of a class, and those that it and they name in See Also."""
    for name, function in ITEMS.items():
        if inspect.isfunction(function) and not name.endswith("_names"):
            names_each_other = name in named_in(ITEMS[kind]) and kind in named_in(function)
            if function.__module__ == ITEMS[kind].__module__ or names_each_other:
                yield name


def shared_parameters():
    """(class, parameter, functions that have it, too)."""
    for kind, item in ITEMS.items():
        if inspect.isclass(item) and issubclass(item, BaseEstimator):
            functions = list(functions_of(kind))
            for parameter in inspect.signature(item).parameters:
                owners = [name for name in functions if parameter in described(ITEMS[name])]
                if owners and parameter in described(item):
                    yield kind, parameter, owners


def is_described_once(kind, parameter, function):
    """Words of the function (to which the class may add), or one refers to the other."""
    (type_here, here), (type_there, there) = described(ITEMS[kind])[parameter], described(ITEMS[function])[parameter]
    refers = any(
        parameter in described(ITEMS.get(name.rpartition(".")[2])) for name in re.findall(r"[Ss]ee `([\w.]+)`", here)
    )
    return (here.startswith(there) and type_here.startswith(type_there)) or refers or f"`{kind}`" in there


SHARED = list(shared_parameters())
TWINS = sorted(feature_twins())


def test_the_pairs_are_found():
    assert len(SHARED) > 180
    assert len({PACKAGES[kind] for kind, _, _ in SHARED}) > 20
    assert len(NAMES) >= 30
    assert len(TWINS) >= 30


@pytest.mark.parametrize(("kind", "parameter", "functions"), SHARED, ids=lambda value: str(value)[:50])
def test_function_and_class_describe_a_parameter_once(kind, parameter, functions):
    found = any(is_described_once(kind, parameter, function) for function in functions)
    assert found != ((kind, parameter) in OTHER_MEANINGS)


@pytest.mark.parametrize(("function", "kind"), TWINS)
def test_a_feature_has_the_same_words_twice(function, kind):
    of_function, of_class = described(ITEMS[function]), described(ITEMS[kind])
    for name in keywords(ITEMS[function]):
        assert of_class[name] == of_function[name], name
    assert inspect.getdoc(ITEMS[kind]).count("\n") > 10


def test_other_meanings_are_those_of_parameters_that_exist():
    assert set(OTHER_MEANINGS) <= {(kind, parameter) for kind, parameter, _ in SHARED}


@pytest.mark.parametrize("name", NAMES)
def test_names_take_the_keywords_of_their_function(name):
    names, function = ITEMS[name], ITEMS[name.removesuffix("_names")]
    own, others = (
        {p.name: p.default for p in inspect.signature(item).parameters.values() if p.kind is p.KEYWORD_ONLY}
        for item in (names, function)
    )
    assert own == others


@pytest.mark.parametrize("name", [name for name in NAMES if PACKAGES[name].startswith("featkit.features")])
def test_names_are_as_many_as_values(name):
    names, function = ITEMS[name], ITEMS[name.removesuffix("_names")]
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    first = next(iter(inspect.signature(function).parameters))
    given = image if first == "image" else image[..., 0] > 99
    shape = [(64, 64)] if "image_shape" in inspect.signature(names).parameters else []
    assert len(names(*shape)) == len(function(given))
