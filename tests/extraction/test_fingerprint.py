"""Fingerprints of transformers: they tell what computes otherwise."""

import importlib
import sys
import threading
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import FunctionTransformer

import featkit
from featkit import ChunkedTransformer
from featkit.extraction._fingerprint import describe_transformer, differences, digest
from featkit.testing import check_pictures

IMAGES = check_pictures(12)


def test_fingerprints_tell_what_matters():
    hog = featkit.HOG().fit(IMAGES)
    assert digest(describe_transformer(hog)) == digest(describe_transformer(clone(hog).fit(IMAGES)))
    one, other = (describe_transformer(featkit.HOG(orientations=n)) for n in (8, 9))
    assert list(differences(one, other)) == ["transformer.parameters.orientations: 8, not 9"]
    threads = [ChunkedTransformer(hog, n_jobs=n, chunk_size=n, cache=str(n)) for n in (1, 2)]
    assert describe_transformer(threads[0]) == describe_transformer(threads[1])
    assert describe_transformer(hog)["versions"]["featkit"] == featkit.__version__


def scaled(factor):
    return lambda images: images * factor


class Gain:
    def __init__(self, factor):
        self.factor = factor

    def apply(self, images):
        return images * self.factor


def typed(text):
    """A function as from an interpreter, whose text is in no file."""
    names = {"__name__": "__main__"}
    exec(text, names)
    return names["f"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (scaled(2), scaled(3)),
        (Gain(2).apply, Gain(3).apply),
        (partial(np.multiply, 2), partial(np.multiply, 3)),
        (typed("f = lambda images: images * 2"), typed("f = lambda images: images * 3")),
        (typed("def f(images, by=2): return images * by"), typed("def f(images, by=3): return images * by")),
        (typed("by = 2\ndef f(images): return images * by"), typed("by = 3\ndef f(images): return images * by")),
        (
            typed("def g(images): return images * 2\ndef f(images): return g(images)"),
            typed("def g(images): return images * 3\ndef f(images): return g(images)"),
        ),
    ],
    ids=["closure", "method", "partial", "constant", "default", "global", "other function"],
)
def test_fingerprints_tell_functions_that_compute_otherwise(one, other):
    fingerprints = [digest(describe_transformer(FunctionTransformer(f))) for f in (one, other, one)]
    assert fingerprints[0] == fingerprints[2] != fingerprints[1]


CHANGED_IN_A_CLASS = {
    "method": "def step(self): return {}",
    "wrapped method": "def transform(self, X): return [[x.mean() * {}] for x in X]",
    "default": "def step(self, by={}): return by",
    "static method": "step = staticmethod(lambda: {})",
    "class method": "step = classmethod(lambda cls: {})",
    "property": "step = property(lambda self: {})",
    "method below a decorator": "@contextmanager\n    def step(self): yield {}",
    "cached property": "step = cached_property(lambda self: {})",
    "number": "gain = {}",
    "set": "gains = frozenset([{}])",
    "partial": "gain = partial(max, {})",
    "partial of a function": "gain = partial(lambda a, b: a, {})",
    "global": "def step(self): return GAIN\nGAIN = {}",
}


@pytest.mark.parametrize("where", ["typed in", "in a file"])
@pytest.mark.parametrize("body", CHANGED_IN_A_CLASS.values(), ids=CHANGED_IN_A_CLASS)
def test_fingerprints_tell_classes_whose_code_changed(body, where, tmp_path, monkeypatch):
    text = (
        "from contextlib import contextmanager\nfrom functools import cached_property, partial\n"
        "from sklearn.base import BaseEstimator, TransformerMixin\n"
        f"class f(TransformerMixin, BaseEstimator):\n    {body}\n"
    )
    fingerprints = []
    for number, result in enumerate((1, 2, 1)):
        if where == "typed in":
            made = typed(text.format(result))
        else:
            (tmp_path / str(number)).mkdir()
            (tmp_path / str(number) / "steps_of_mine.py").write_text(text.format(result))
            monkeypatch.syspath_prepend(tmp_path / str(number))
            monkeypatch.delitem(sys.modules, "steps_of_mine", raising=False)
            made = importlib.import_module("steps_of_mine").f
        fingerprints.append(digest(describe_transformer(made())))
    assert fingerprints[0] == fingerprints[2] != fingerprints[1]


def test_a_function_that_calls_itself_has_a_fingerprint():
    down = typed("def f(images): return f(images[1:]) if len(images) else images")
    handle = threading.Lock()  # cannot be pickled
    for function in (down, lambda images: handle and images):
        assert len(digest(describe_transformer(FunctionTransformer(function)))) == 64
