"""A candidate in two parts: the steps that learn nothing, and the rest, which takes their rows by position."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import joblib
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import get_tags

from ....base.feature_extractor import FeatureExtractor
from ....base.image_transformer import ImageTransformer
from ..._subsets import take
from .._costs import STAGES, stage_of

Steps = list[tuple[str, BaseEstimator]]
Shared = tuple[Any, float]  # images behind a step, and the seconds that it took


class Shown:
    """What positions stand for: images, and the rows of features extracted from them, one table per extractor."""

    def __init__(self) -> None:
        self.images: Any = None
        self.tables: Sequence[np.ndarray] = ()

    def __sklearn_clone__(self) -> "Shown":
        return self  # every copy of a candidate looks at the same


class _RowsAt(TransformerMixin, BaseEstimator):
    """Positions to the rows of one extractor."""

    def __init__(self, shown: Shown, index: int) -> None:
        self.shown = shown
        self.index = index

    def fit(self, X: np.ndarray, y: ArrayLike | None = None) -> Self:
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        return self.shown.tables[self.index][X]

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _ImagesAt(TransformerMixin, BaseEstimator):
    """Positions to images, for steps that learn from images."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown

    def fit(self, X: np.ndarray, y: ArrayLike | None = None) -> Self:
        return self

    def transform(self, X: np.ndarray) -> Any:
        return take(self.shown.images, X)

    def __sklearn_is_fitted__(self) -> bool:
        return True


@dataclass
class _Node:
    """An image transformer (none at the root), a key of all steps up to it, and what its output goes into."""

    step: BaseEstimator | None = None
    key: str = ""
    in_union: bool = False
    extractors: list[tuple[int, BaseEstimator]] = field(default_factory=list)
    nodes: list["_Node"] = field(default_factory=list)


class SplitCandidate:
    """A Pipeline whose first steps learn nothing: these as a tree, the rest as a Pipeline that takes positions.

    Attributes
    ----------
    model : Pipeline
        The rest, unfitted: positions of images to predictions.
    shown : Shown
        Where `model` and its clones look positions up.
    n_tables : int
        Extractors that learn nothing; each has a table of its own.
    takes_images : bool
        Whether a step of `model` learns from images.
    """

    def __init__(self, candidate: Pipeline) -> None:
        self.shown = Shown()
        self.n_tables = 0
        self._n_repeated = 0  # branches that repeat image steps which other branches share
        self.takes_images = False
        self._root = _Node()
        self.model = _joined(self._rest(_flat("0", candidate), self._root, []))
        _prune(self._root)

    @property
    def is_worth_it(self) -> bool:
        """Whether there is something to keep, and no image step is done in every fold more often than before."""
        return self.n_tables > 0 and self._n_repeated < 2

    def _rest(self, steps: Steps, node: _Node, before: Steps) -> Steps:
        """Steps of the rest; the others go into the tree. `before` leads from the images to `node`."""
        own: Steps = []
        while steps and learns_nothing(steps[0][1], ImageTransformer):
            own.append(steps[0])
            step = clone(steps[0][1])
            child = _Node(step, joblib.hash([node.key, step]), node.in_union)
            node.nodes.append(child)
            node, steps = child, steps[1:]
        before = before + own
        if steps and learns_nothing(steps[0][1], FeatureExtractor):
            node.extractors.append((self.n_tables, clone(steps[0][1])))
            self.n_tables += 1
            return [("rows", _RowsAt(self.shown, self.n_tables - 1)), *steps[1:]]
        if steps and _is_plain_union(steps[0][1]):
            name, union = steps[0]
            top = node
            node = _Node(None, node.key, in_union=True)
            top.nodes.append(node)
            branches = [
                (key, branch if branch == "drop" else _joined(self._rest(_flat(key, branch), node, before)))
                for key, branch in union.transformer_list
            ]
            return [(name, FeatureUnion(branches, transformer_weights=union.transformer_weights)), *steps[1:]]
        self.takes_images = True
        self._n_repeated += bool(before)
        return [("images", _ImagesAt(self.shown)), *before, *steps]

    def fit(self, images: Any) -> Self:
        """Let the steps that learn nothing check their parameters and the size of the images."""
        _fit(self._root, images)
        return self

    def describe(
        self, images: Any, shared: dict[str, Shared] | None = None
    ) -> tuple[list[np.ndarray], dict[str, float]]:
        """Extract all tables of some images; seconds by stage, see `STAGES`.

        What candidates do alike to the same images, such as removing the background, is done once where they get the
        same dict `shared`; each is charged with what it took.
        """
        tables: list = [None] * self.n_tables
        seconds = dict.fromkeys(STAGES, 0.0)
        _walk(self._root, images, tables, seconds, {} if shared is None else shared)
        for table in tables:
            if type(table) is not np.ndarray or table.shape[:1] != (len(images),) or table.ndim != 2:
                raise TypeError(f"Expected rows in an array, got {type(table).__name__}.")
        return tables, seconds


def split_candidate(candidate: BaseEstimator) -> SplitCandidate | None:
    """A candidate in two parts; None where it has no steps that learn nothing, or is not made of plain Pipelines."""
    if type(candidate) is not Pipeline:
        return None
    split = SplitCandidate(candidate)
    return split if split.is_worth_it else None


def learns_nothing(step: Any, kind: type) -> bool:
    """Whether a step of featkit's bases gives every image the same result, whatever it was fitted on.

    Steps of other libraries are never taken for such: their rows may depend on the batch without a word in the tags.
    Neither are those that give something else than arrays, or draw from a generator of their own.
    """
    return (
        isinstance(step, kind)
        and isinstance(step, BaseEstimator)
        and not get_tags(step).requires_fit
        and not hasattr(step, "_sklearn_output_config")
        and not any(isinstance(value, np.random.RandomState) for value in step.get_params().values())
    )


def _flat(name: str, step: Any) -> Steps:
    """Steps of nested Pipelines in one line."""
    if type(step) is not Pipeline:
        return [(name, step)]
    parts = [(f"{name}-{key}", part) for key, part in step.steps if part is not None and part != "passthrough"]
    return [one for key, part in parts for one in _flat(key, part)]


def _is_plain_union(step: Any) -> bool:
    return (
        type(step) is FeatureUnion
        and not hasattr(step, "_sklearn_output_config")
        and all(branch != "passthrough" for _, branch in step.transformer_list)
    )


def _joined(steps: Steps) -> BaseEstimator:
    return Pipeline([(f"{index}-{name.replace('__', '-')}", step) for index, (name, step) in enumerate(steps)])


def _prune(node: _Node) -> None:
    """Drop image steps that no extractor follows."""
    for one in node.nodes:
        _prune(one)
    node.nodes = [one for one in node.nodes if one.extractors or one.nodes]


def _fit(node: _Node, images: Any) -> None:
    if node.step is not None:
        images = node.step.fit(images).transform(images)
    for _, extractor in node.extractors:
        extractor.fit(images)
    for one in node.nodes:
        _fit(one, images)


def _walk(node: _Node, images: Any, tables: list, seconds: dict[str, float], shared: dict[str, Shared]) -> None:
    def timed(step: BaseEstimator) -> Shared:
        start = time.perf_counter()
        return step.transform(images), time.perf_counter() - start

    if node.step is not None:
        if node.key not in shared:
            shared[node.key] = timed(node.step)
        result, spent = shared[node.key]
        seconds["feature_ms" if node.in_union else stage_of(images, result)] += spent
        images = result
    for index, extractor in node.extractors:
        tables[index], spent = timed(extractor)
        seconds["feature_ms"] += spent
    for one in node.nodes:
        _walk(one, images, tables, seconds, shared)
