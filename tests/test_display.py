"""Displays show what a pipeline sees."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from skimage.data import chelsea
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import BackgroundRemover, GrayscaleConverter, RawPixels, Resizer, StepsDisplay, join_alpha, on_checkerboard


def test_transparent_pixels_show_the_board_and_half_transparent_ones_both():
    alpha = np.array([[0.0, 0.5, 1.0]])
    picture = on_checkerboard(join_alpha(np.zeros((1, 3, 3)), alpha), square=4)
    assert picture[0, :, 0] == pytest.approx([0.85, 0.425, 0])


def test_pictures_without_alpha_are_only_converted():
    assert on_checkerboard(np.full((2, 2), 255, np.uint8)).tolist() == [[1, 1], [1, 1]]


@pytest.fixture(scope="module")
def pipeline():
    images = [chelsea(), chelsea()[::-1].copy()]
    steps = BackgroundRemover(), Resizer(height=20, width=30), GrayscaleConverter(background=0.0), RawPixels(), SVC()
    return make_pipeline(*steps).fit(images, ["upright", "overhead"])


def test_every_step_has_its_picture_and_the_decision_is_said(pipeline):
    display = StepsDisplay.from_pipeline(pipeline, chelsea())
    titles = [title for title, _ in display.steps]
    assert titles[:4] == ["image", "BackgroundRemover", "Resizer", "GrayscaleConverter"]
    assert titles[4] in ("RawPixels → upright", "RawPixels → overhead")
    assert [result.shape for _, result in display.steps[1:]] == [(300, 451, 4), (20, 30, 4), (20, 30), (600,)]
    assert [axis.get_title() for axis in display.axes_] == titles
    assert len(display.axes_[2].images) == 1
    assert len(display.axes_[4].lines) == 1


def test_axes_may_be_given(pipeline):
    figure = Figure()
    axes = figure.subplots(1, 5)
    display = StepsDisplay(StepsDisplay.from_pipeline(pipeline, chelsea()).steps).plot(axes)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)
