"""What a fitted candidate costs: milliseconds of reading, preprocessing, features and classifier; peak memory."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

import cv2
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from ..._optional import require
from ...augmentation.augmented_classifier import AugmentedClassifier
from ...image.checks import Images

STAGES = ("read_ms", "preprocess_ms", "feature_ms", "classify_ms")
_SAMPLING_SECONDS = 0.01


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Cap BLAS, OpenMP and OpenCV at one thread: times are those of one core, sums add up in one order."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        cv2.setNumThreads(before)


class PeakMemory:
    """Context that samples the resident memory of the process: ``mb`` is the most that came on top of the start.

    Where several candidates run in threads of one process, it is the memory of all of them.
    """

    def __init__(self) -> None:
        self._process = require("psutil", extra="report").Process()
        self._most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        while not self._stop.wait(_SAMPLING_SECONDS):
            self._most = max(self._most, self._process.memory_info().rss)

    def __enter__(self) -> Self:
        self._start = self._most = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
        self.mb = max(0, max(self._most, self._process.memory_info().rss) - self._start) / 2**20


class StagedPrediction(NamedTuple):
    """Predicted classes, probabilities (or None), columns before the classifier, and milliseconds per image by stage.

    See `STAGES`.
    """

    predicted: np.ndarray
    probabilities: np.ndarray | None
    n_features: int
    milliseconds: dict[str, float]


def staged_predict(candidate: BaseEstimator, X: Images) -> StagedPrediction:
    """Predict step by step, each step timed.

    Parameters
    ----------
    candidate : fitted classifier
        Pipelines (nested, in a search, in `AugmentedClassifier`) are walked through. A step whose result is a table
        counts
        as features, one that turns paths into images as reading, any other as preprocessing; in a classifier that is
        no Pipeline all counts as classifying.
    X : batch

    Returns
    -------
    prediction : StagedPrediction
    """
    *transformers, classifier = _fitted_steps(candidate)
    spent = dict.fromkeys(STAGES, 0.0)
    current: Any = X
    for transformer in transformers:
        start = time.perf_counter()
        result = transformer.transform(current)
        spent[stage_of(current, result)] += time.perf_counter() - start
        current = result
    start = time.perf_counter()
    predicted = classifier.predict(current)
    spent["classify_ms"] = time.perf_counter() - start
    probabilities = classifier.predict_proba(current) if hasattr(classifier, "predict_proba") else None
    n_features = current.shape[1] if _is_table(current) else np.size(current[0])
    milliseconds = {stage: 1000 * seconds / len(X) for stage, seconds in spent.items()}
    return StagedPrediction(np.asarray(predicted), probabilities, int(n_features), milliseconds)


def _fitted_steps(estimator: BaseEstimator) -> list[BaseEstimator]:
    if isinstance(estimator, Pipeline):
        steps = [step for _, step in estimator.steps if step is not None and step != "passthrough"]
        return [part for step in steps for part in _fitted_steps(step)]
    if isinstance(estimator, AugmentedClassifier):
        return _fitted_steps(estimator.estimator_)
    if hasattr(estimator, "best_estimator_"):
        return _fitted_steps(estimator.best_estimator_)
    return [estimator]


def stage_of(given: Any, result: Any) -> str:
    """Stage that a step belongs to, by what it was given and what came out."""
    if _is_table(result):
        return "feature_ms"
    return "read_ms" if isinstance(given[0], (str, bytes, os.PathLike)) else "preprocess_ms"


def _is_table(result: Any) -> bool:
    return len(getattr(result, "shape", ())) == 2
