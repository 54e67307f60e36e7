"""Images and figures inside the page: PNG where pixels should show, light and dark figures."""

import base64

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.pipeline import make_pipeline

from featkit import RawPixels
from featkit.report._images import figure_urls, picture_url, strip_of


def decoded(url):
    return cv2.imdecode(np.frombuffer(base64.b64decode(url.partition(",")[2]), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


def test_small_images_keep_their_pixels():
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert picture_url(image).startswith("data:image/png")
    assert (decoded(picture_url(image)) == image).all()


def test_large_images_shrink_to_their_longest_side():
    url = picture_url(np.full((100, 300), 128, np.uint8), longest=60)
    assert url.startswith("data:image/jpeg")
    assert decoded(url).shape == (20, 60, 3)


@pytest.fixture
def figure():
    figure = Figure(figsize=(3, 2))
    axis = figure.subplots()
    axis.set_title("a title")
    axis.plot([0, 1], [0, 1], color="#d7301f")
    return figure


def test_a_figure_comes_in_light_and_in_dark(figure):
    light, dark = (decoded(figure_urls(figure)[scheme]) for scheme in ("light", "dark"))
    assert light.shape == dark.shape
    assert np.median(light) == 255
    assert np.median(dark) < 40
    top = np.s_[: light.shape[0] // 6]
    assert light[top].min() < 100  # a dark title on white
    assert dark[top].max() > 200  # a light one on black
    for picture in (light, dark):  # colours of the figure's own stay
        assert (np.abs(picture.astype(int) - [215, 48, 31]).sum(axis=2) < 40).any()


def test_a_figure_is_given_back_as_it_was(figure):
    axis = figure.axes[0]
    before = axis.title.get_color(), axis.get_facecolor(), axis.spines["left"].get_edgecolor()
    first = figure_urls(figure)
    assert (axis.title.get_color(), axis.get_facecolor(), axis.spines["left"].get_edgecolor()) == before
    assert figure_urls(figure) == first


def test_long_rows_show_the_largest_value_of_each_stretch():
    image = np.zeros((40, 50))
    image[20, 25] = 1
    *_, row = strip_of(make_pipeline(RawPixels()).fit([image]), image)
    points = [tuple(map(float, point.split(","))) for point in row["row"]["points"].split()]
    assert row["row"]["n_features"] == 2000
    assert len(points) == 240
    assert min(y for _, y in points) == 4.0
