"""The page "featkit with other libraries": its examples run as they stand, and do what they say."""

import multiprocessing
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import ColorMoments
from featkit.testing import check_pictures

PAGE = Path(__file__).parents[2] / "docs" / "with.md"


@pytest.fixture(scope="module")
def names():
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names = {}
    exec("\n".join(code), names)
    return names


def test_images_stand_beside_other_columns(names):
    assert names["beside"].shape == (48, 8)
    assert list(names["beside"].columns)[-1] == "weight__weight"
    assert names["vectorized"].shape == (48, 8)


def test_samplers_work_behind_and_in_front(names):
    assert (names["balanced"].predict(names["table"]["path"]) == names["kinds"]).mean() > 0.85
    assert names["balanced"][-1].n_support_.sum() > 0
    assert (names["repeated"].predict(names["table"]) == names["kinds"]).mean() > 0.85


def test_wrappers_of_learners_take_pipelines_on_images(names):
    assert (names["calibrated"].classes_[names["probabilities"].argmax(axis=1)] == names["kinds"]).mean() > 0.9
    assert names["sizes"].score(names["images"], names["areas"]) > 0.95


def test_searches_search(names):
    assert set(names["halving"].best_params_) == {"hog__orientations", "logisticregression__C"}
    assert names["halving"].best_score_ > 0.6
    assert names["routed"].best_score_ > 0.6
    assert names["scores"].mean() > 0.9


def test_the_model_behind_the_features_is_the_same_in_onnx(names):
    assert (names["said"] == names["classifier"].predict(names["rows"])).all()
    np.testing.assert_allclose(names["chances"], names["classifier"].predict_proba(names["rows"]), atol=1e-5)


def predicted(model, images):
    return model.predict(images)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_either_kind_predict_the_same(method):
    images = check_pictures()
    model = make_pipeline(ColorMoments(), SVC()).fit(images, np.arange(len(images)) % 2)
    with multiprocessing.get_context(method).Pool(1) as pool:
        there = pool.apply(predicted, (model, images))
    assert there.tolist() == model.predict(images).tolist()
