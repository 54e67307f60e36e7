"""Costs are split by stage, whatever is around the pipeline; native threads are capped and given back."""

import cv2
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import AugmentedClassifier, Corrupter, RawPixels, Resizer
from featkit.evaluation.benchmarking._costs import PeakMemory, one_native_thread, staged_predict

IMAGES, LABELS = np.random.default_rng(0).random((12, 8, 8)), np.arange(12) % 2
PIPELINE = make_pipeline(Resizer(height=5, width=5), RawPixels(), SVC())


@pytest.mark.parametrize(
    "candidate",
    [
        PIPELINE,
        make_pipeline(PIPELINE),
        GridSearchCV(PIPELINE, {"svc__C": [1]}, cv=2),
        AugmentedClassifier(PIPELINE, Corrupter(kind="noise", amount=0.01), n_augmented=1),
    ],
    ids=["pipeline", "nested", "search", "augmented"],
)
def test_steps_are_timed_by_what_they_give(candidate):
    candidate.fit(IMAGES, LABELS)
    prediction = staged_predict(candidate, IMAGES)
    assert (prediction.predicted == candidate.predict(IMAGES)).all()
    assert prediction.n_features == 25
    assert prediction.milliseconds["read_ms"] == 0
    assert all(prediction.milliseconds[stage] > 0 for stage in ("preprocess_ms", "feature_ms", "classify_ms"))
    assert prediction.probabilities is None


def test_native_threads_are_given_back_also_after_an_error():
    before = cv2.getNumThreads()

    def fails():
        with one_native_thread():
            assert cv2.getNumThreads() == 1
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert cv2.getNumThreads() == before


def test_peak_memory_is_never_negative():
    with PeakMemory() as peak:
        pass
    assert peak.mb >= 0
