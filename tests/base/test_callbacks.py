"""Slow steps tell scikit-learn's callbacks how far they are; without callbacks, or an older one, nothing changes."""

import importlib
import sys

import numpy as np
import pytest
from sklearn import callback
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from featkit import BagOfVisualWords, ChunkedTransformer, ColorMoments, LandmarkPredictor
from featkit.base import _callbacks
from featkit.testing import check_pictures

IMAGES = check_pictures(12)


class Recorder:
    """Writes down every task: whose it is, its name and its place; auto-propagated, as ProgressBar is."""

    max_propagation_depth = None

    def __init__(self):
        self.begun, self.ended, self.open = [], [], 0

    def setup(self, estimator, context):
        self.open += 1

    def teardown(self, estimator, context):
        self.open -= 1

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((context.estimator_name, context.task_name, context.max_subtasks))

    def on_fit_task_end(self, estimator, context):
        self.ended.append((context.estimator_name, context.task_name, context.max_subtasks))


def tasks_of(recorder, name):
    assert recorder.open == 0
    assert sorted(recorder.begun) == sorted(recorder.ended)
    return [(task, n) for estimator, task, n in recorder.begun if estimator == name]


def test_chunks_are_reported_in_transform_and_in_fit_transform():
    chunked = ChunkedTransformer(ColorMoments(), chunk_size=5)
    expected = chunked.fit_transform(IMAGES)
    recorder = Recorder()
    chunked = clone(chunked).set_callbacks(recorder)
    np.testing.assert_array_equal(chunked.fit_transform(IMAGES), expected)
    assert tasks_of(recorder, "ChunkedTransformer") == [("fit_transform", 13), *13 * [("fit_transform part", 0)]]
    recorder = Recorder()
    np.testing.assert_array_equal(chunked.set_callbacks(recorder).transform(IMAGES), expected)
    assert tasks_of(recorder, "ChunkedTransformer") == [("transform", 12), *12 * [("transform part", 0)]]


def test_of_many_images_a_hundredth_is_a_task():
    recorder = Recorder()
    chunked = ChunkedTransformer(ColorMoments(), chunk_size=7).fit(IMAGES).set_callbacks(recorder)
    chunked.transform(np.zeros((1050, 4, 5)))
    assert tasks_of(recorder, "ChunkedTransformer") == [("transform", 100), *100 * [("transform part", 0)]]


def test_a_pipeline_passes_its_callbacks_on():
    recorder = Recorder()
    chain = make_pipeline(ChunkedTransformer(ColorMoments(), chunk_size=4), LogisticRegression())
    chain.set_callbacks(recorder).fit(IMAGES, np.arange(12) % 2)
    assert len(tasks_of(recorder, "ChunkedTransformer")) == 14
    assert ("Pipeline", "fit", 2) in recorder.ended
    assert not hasattr(chain[0], "_callback_fit_ctx")


def test_words_and_stages_are_reported():
    recorder = Recorder()
    BagOfVisualWords(n_words=4).set_callbacks(recorder).fit(IMAGES)
    assert tasks_of(recorder, "BagOfVisualWords") == [("fit", 13), *13 * [("fit part", 0)]]
    recorder = Recorder()
    points = np.random.default_rng(0).uniform(10, 40, (12, 6))
    LandmarkPredictor(n_stages=2, n_starts=2, random_state=0).set_callbacks(recorder).fit(IMAGES, points)
    assert tasks_of(recorder, "LandmarkPredictor") == [("fit", 2), *2 * [("fit part", 0)]]


def test_what_was_set_up_is_taken_down_after_an_error():
    recorder = Recorder()
    chunked = ChunkedTransformer(ColorMoments(), chunk_size=4).fit(IMAGES).set_callbacks(recorder)
    with pytest.raises(Exception, match="Expected"):
        chunked.transform([*IMAGES[:5], np.full((4, 4), 7.0)])
    assert recorder.open == 0
    assert not hasattr(chunked, "_callback_fit_ctx")


def test_the_progress_bar_of_scikit_learn_shows_them(capsys):
    bar = callback.ProgressBar()
    ChunkedTransformer(ColorMoments(), chunk_size=4).set_callbacks(bar).fit_transform(IMAGES)
    assert "ChunkedTransformer" in capsys.readouterr().out


def test_an_older_scikit_learn_has_no_callbacks_and_needs_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.callback", None)
    old = importlib.reload(_callbacks)
    try:
        with old.reported_tasks(object(), "fit", 3) as advance:
            advance()
        assert not hasattr(old.CallbackSupportMixin, "set_callbacks")
        assert old.with_callbacks(len) is len
    finally:
        monkeypatch.undo()
        importlib.reload(_callbacks)
