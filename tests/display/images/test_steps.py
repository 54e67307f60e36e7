"""The strip of what a pipeline sees."""

import pytest
from matplotlib.figure import Figure
from skimage.data import chelsea
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import BackgroundRemover, GrayscaleConverter, RawPixels, Resizer
from featkit.display import StepsDisplay


@pytest.fixture(scope="module")
def pipeline():
    images = [chelsea(), chelsea()[::-1].copy()]
    steps = BackgroundRemover(), Resizer(height=20, width=30), GrayscaleConverter(background=0.0), RawPixels(), SVC()
    return make_pipeline(*steps).fit(images, ["upright", "overhead"])


def test_every_step_has_its_image_and_the_decision_is_said(pipeline):
    display = StepsDisplay.from_pipeline(pipeline, chelsea())
    titles = [title for title, _ in display.steps]
    assert titles[:4] == ["image", "BackgroundRemover", "Resizer", "GrayscaleConverter"]
    assert titles[4] in ("RawPixels → upright", "RawPixels → overhead")
    assert [result.shape for _, result in display.steps[1:]] == [(300, 451, 4), (20, 30, 4), (20, 30), (600,)]
    assert [axis.get_title() for axis in display.axes_] == titles
    assert len(display.axes_[2].images) == 1
    assert len(display.axes_[4].lines) == 1


def test_pipelines_within_are_opened_and_empty_steps_left_out():
    inner = make_pipeline(GrayscaleConverter(), make_pipeline(Resizer(height=8, width=8), "passthrough"))
    pipeline = make_pipeline(None, inner, RawPixels()).fit([chelsea()])
    titles = [title for title, _ in StepsDisplay.from_pipeline(pipeline, chelsea()).steps]
    assert titles == ["image", "GrayscaleConverter", "Resizer", "RawPixels"]


def test_axes_may_be_given(pipeline):
    figure = Figure()
    axes = figure.subplots(1, 5)
    display = StepsDisplay(StepsDisplay.from_pipeline(pipeline, chelsea()).steps).plot(axes)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)


def test_a_wrong_number_of_axes_is_told(pipeline):
    display = StepsDisplay.from_pipeline(pipeline, chelsea())
    with pytest.raises(ValueError, match="Expected 5 axes for StepsDisplay, got 2"):
        display.plot(Figure().subplots(1, 2))


def test_a_notebook_shows_the_strip(pipeline):
    assert StepsDisplay.from_pipeline(pipeline, chelsea())._repr_png_().startswith(b"\x89PNG")


def test_a_notebook_shows_a_display_that_was_not_yet_plotted():
    assert StepsDisplay([("photo", chelsea())])._repr_png_().startswith(b"\x89PNG")
