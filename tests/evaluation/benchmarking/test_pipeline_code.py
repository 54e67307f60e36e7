"""Pipelines as code: run, the code makes an estimator of the same parameters."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import HOG, ColorHistogram, RawPixels, Resizer, raw_pixel_baselines
from featkit.cli._benchmark.candidates import CANDIDATES
from featkit.evaluation import pipeline_code

BASELINES = raw_pixel_baselines(np.zeros((4, 8, 8)))


def made_by(code):
    names = {}
    exec(code, names)
    return names["model"]


@pytest.mark.parametrize(
    "estimator",
    [
        HOG(orientations=6, pixels_per_cell=(4, 4)),
        make_pipeline(Resizer(height=8, width=8, mode="pad"), RawPixels(), StandardScaler(), SVC(C=3)),
        Pipeline([("first", RawPixels()), ("svm", SVC(gamma=0.1))], verbose=True),
        make_pipeline(make_union(HOG(), ColorHistogram(space="lab")), LogisticRegression()),
        FeatureUnion([("a", HOG()), ("b", HOG(orientations=4))], transformer_weights={"a": 2.0}),
        make_pipeline(RawPixels(), GridSearchCV(SVC(), {"C": [1, 10], "kernel": ("rbf", "linear")}, cv=3)),
        make_pipeline(SimpleImputer(missing_values=-1, fill_value=float("inf")), SelectKBest(k=3)),
        *BASELINES.values(),
        *(make() for make in CANDIDATES.values()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_code_makes_the_same_estimator(estimator):
    code = pipeline_code(estimator)
    assert made_by(code).__repr__(N_CHAR_MAX=10**6) == estimator.__repr__(N_CHAR_MAX=10**6)
    assert all(len(line) <= 88 for line in code.splitlines())


def test_what_makes_pipelines_is_written_short():
    code = pipeline_code(make_pipeline(make_union(HOG(), ColorHistogram()), StandardScaler(), SVC(C=10, gamma=0.1)))
    assert code == (
        "from featkit import ColorHistogram, HOG\n"
        "from sklearn.pipeline import make_pipeline, make_union\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "from sklearn.svm import SVC\n"
        "\n"
        "model = make_pipeline(\n"
        "    make_union(HOG(), ColorHistogram()),\n"
        "    StandardScaler(),\n"
        "    SVC(C=10, gamma=0.1),\n"
        ")"
    )


class Holds(BaseEstimator):
    def __init__(self, thing=None):
        self.thing = thing


def test_numbers_of_numpy_are_plain_ones():
    assert pipeline_code(SVC(C=np.float64(3))).endswith("model = SVC(C=3.0)")


@pytest.mark.parametrize("thing", [np.zeros(3), len, object()], ids=["array", "function", "object"])
def test_what_is_no_code_is_refused(thing):
    with pytest.raises(ValueError, match="Expected parameters that can be written as code"):
        pipeline_code(Holds(thing))
