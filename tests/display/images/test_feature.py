"""Every extractor has its view; the values stand beside it with their names."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from skimage.data import brick

from featkit import (
    HOG,
    ColorMoments,
    EllipticFourier,
    GaborBank,
    HuMoments,
    LocalBinaryPattern,
    RawPixels,
    RegionMeasurements,
    SkeletonMeasurements,
    Symmetry,
)
from featkit.display import FeatureDisplay
from featkit.exceptions import ImageFormatError
from featkit.features.binary_patterns import local_binary_pattern_codes

IMAGE = np.ascontiguousarray(brick()[:48, :64])
MASK = np.zeros((40, 50), dtype=bool)
MASK[10:30, 15:40] = True


def drawn(extractor, image=IMAGE):
    return FeatureDisplay(extractor, image).plot().axes_


def test_codes_are_those_of_the_extractor():
    view, values = drawn(LocalBinaryPattern(radius=2, method="ror"))
    expected = local_binary_pattern_codes(IMAGE, radius=2, method="ror")
    assert np.array_equal(view.images[0].get_array(), expected)
    assert values.get_title() == "36 values of LocalBinaryPattern"
    assert len(values.lines[0].get_xdata()) == 36  # too many for bars


def test_strokes_of_hog_lie_on_the_image():
    view, _ = drawn(HOG(pixels_per_cell=(16, 16), cells_per_block=(1, 1)))
    assert len(view.images) == len(view.collections) == 1
    assert view.get_title() == "strokes along the edges of every cell"


def test_amplitudes_are_largest_where_the_stripes_are():
    image = np.full((64, 64), 0.5)
    image[:, 32:] += 0.3 * np.cos(np.pi / 2 * np.arange(32))
    view, _ = drawn(GaborBank(), image)
    amplitudes = view.images[0].get_array()
    assert amplitudes.shape == (64, 64)
    assert amplitudes[20:44, 44:56].min() > 3 * amplitudes[20:44, 4:16].max()


def test_the_contour_runs_along_the_edges_of_the_foreground():
    view, values = drawn(RegionMeasurements(color=None), MASK)
    (contour,) = (line.get_xydata() for line in view.lines)
    assert contour.min(axis=0) == pytest.approx([14.5, 9.5])
    assert contour.max(axis=0) == pytest.approx([39.5, 29.5])
    assert values.lines or "region_area" in [label.get_text() for label in values.get_yticklabels()]


@pytest.mark.parametrize("extractor", [EllipticFourier(), HuMoments(), SkeletonMeasurements(), Symmetry()])
def test_whatever_measures_form_shows_the_contour(extractor):
    view, _ = drawn(extractor, MASK)
    assert view.get_title() == "contour of the foreground"
    assert len(view.lines) == 1


def test_bars_have_the_values_and_names_of_the_extractor():
    _, values = drawn(ColorMoments())
    moments = ColorMoments().fit([IMAGE])
    assert [bar.get_width() for bar in values.patches] == pytest.approx(moments.transform([IMAGE])[0].tolist())
    assert [label.get_text() for label in values.get_yticklabels()] == moments.get_feature_names_out().tolist()


def test_a_grid_is_drawn_on_the_image():
    view, _ = drawn(ColorMoments(grid=(2, 3)))
    horizontal, *vertical = view.lines
    assert horizontal.get_ydata()[0] == 23.5
    assert [line.get_xdata()[0] for line in vertical] == [20.5, 41.5]


def test_names_of_what_depends_on_the_size_alone_need_no_fit():
    _, values = drawn(RawPixels(), np.zeros((2, 5)))
    assert values.get_yticklabels()[3].get_text() == "pixel_3"


def test_axes_may_be_given_and_what_is_no_image_is_refused():
    axes = Figure().subplots(1, 2)
    assert FeatureDisplay(ColorMoments(), IMAGE).plot(axes).figure_ is axes[0].figure
    with pytest.raises(ValueError, match="Expected 2 axes for FeatureDisplay, got 1"):
        FeatureDisplay(ColorMoments(), IMAGE).plot(axes[0])
    with pytest.raises(ImageFormatError):
        FeatureDisplay(ColorMoments(), np.zeros((4, 4, 2))).plot()
