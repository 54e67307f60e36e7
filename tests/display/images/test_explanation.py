"""Each kind of evidence has its drawing: strokes, shades, disks, bars."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from featkit import (
    HOG,
    ColorHistogram,
    LocalBinaryPattern,
    RawPixels,
    RegionMeasurements,
    RotationInvariantVariance,
    Scattering,
)
from featkit.display import ExplanationDisplay
from featkit.display.images.explanation import AGAINST, FOR
from featkit.features.frequency import scattering_names
from featkit.inspection._linear_model import LinearPart
from featkit.inspection.explain import Explanation


def part(extractor, names, contributions, values=None):
    contributions = np.asarray(contributions, dtype=float)
    values = np.zeros(len(names)) if values is None else np.asarray(values, dtype=float)
    picture = np.full((16, 16), 100, dtype=np.uint8)
    return LinearPart(extractor, picture, np.asarray(names, dtype=object), values, contributions, contributions)


def drawn(*parts):
    return ExplanationDisplay(Explanation("cat", 1.0, 0.0, list(parts))).plot().axes_


def test_pixels_are_shaded_red_for_and_blue_against():
    contributions = np.zeros(256)
    contributions[[17, 40]] = 2, -1
    (axis,) = drawn(part(RawPixels(), [f"pixel_{k:03d}" for k in range(256)], contributions))
    shade = axis.images[1]
    assert shade.get_array()[1, 1] == 2
    assert shade.get_array()[2, 8] == -1
    assert shade.get_clim() == (-2, 2)
    assert axis.get_title() == "RawPixels for cat"


def test_cells_of_a_grid_are_shaded_with_their_sum():
    names = [f"color_row{row}_col{col}_hue_{k}" for row in range(2) for col in range(2) for k in range(3)]
    (axis,) = drawn(part(ColorHistogram(grid=(2, 2)), names, range(12)))
    assert axis.images[1].get_array()[[0, 0, 15, 15], [0, 15, 0, 15]].tolist() == [3, 12, 21, 30]


@pytest.mark.parametrize("order", [1, 2])
def test_scattering_is_shaded_and_not_in_bars(order):
    scattering = Scattering(n_octaves=3, orientations=2, order=order)
    names = scattering_names((16, 16), n_octaves=3, orientations=2, order=order)
    contributions = [float(name.endswith("_row1_col0")) for name in names]
    (axis,) = drawn(part(scattering, names, contributions))
    assert not axis.patches
    expected = np.zeros((16, 16))
    expected[8:, :8] = sum(contributions)
    np.testing.assert_array_equal(axis.images[1].get_array(), expected)


def test_hog_draws_strokes_of_both_colours():
    extractor = HOG(orientations=2, pixels_per_cell=(8, 8), cells_per_block=(1, 1))
    (axis,) = drawn(part(extractor, [f"hog_{k:05d}" for k in range(8)], [3, 0, 0, 0, 0, 0, 0, -1]))
    speaking, against = axis.collections
    assert [to_hex(strokes.get_colors()[0]) for strokes in (speaking, against)] == [FOR, AGAINST]
    assert speaking.get_segments()[0].mean(axis=0) == pytest.approx([3.5, 3.5])
    assert against.get_segments()[0].mean(axis=0) == pytest.approx([11.5, 11.5])
    assert against.get_alpha()[0] == pytest.approx(1 / 3)


def test_landmarks_are_disks_where_they_are_as_large_as_they_weigh():
    names = ["landmark_0_row", "landmark_0_col", "landmark_1_row", "landmark_1_col"]
    (axis,) = drawn(part(RegionMeasurements(), names, [0.1, 0.1, -1, 0], values=[3, 4, 10, 12]))
    disks = axis.collections[0]
    assert disks.get_offsets().tolist() == [[4, 3], [12, 10]]  # (x, y)
    assert disks.get_sizes()[1] > disks.get_sizes()[0]


def test_measurements_are_bars_the_heaviest_on_top():
    (axis,) = drawn(
        part(
            RegionMeasurements(),
            ["region_area", "region_feret_diameter_min", "region_feret_diameter_max"],
            [0.1, -3, 1],
        )
    )
    assert [label.get_text() for label in axis.get_yticklabels()] == [
        "region_area",
        "region_feret_diameter_max",
        "region_feret_diameter_min",
    ]
    assert [bar.get_width() for bar in axis.patches] == [0.1, 1, -3]
    assert [to_hex(bar.get_facecolor()) for bar in axis.patches] == [FOR, FOR, AGAINST]


def test_a_wrong_number_of_axes_is_told():
    explanation = Explanation("cat", 1.0, 0.0, [part(RegionMeasurements(), ["region_area"], [1])])
    with pytest.raises(ValueError, match="Expected 1 axes for ExplanationDisplay, got 2"):
        ExplanationDisplay(explanation).plot(ax=Figure().subplots(1, 2))


def test_panels_of_one_kind_share_their_scale():
    names = [f"pixel_{k:03d}" for k in range(256)]
    weak, strong = np.zeros(256), np.zeros(256)
    weak[3], strong[5] = 1, -4
    axes = drawn(part(RawPixels(), names, weak), part(RawPixels(), names, strong))
    assert [axis.images[1].get_clim() for axis in axes] == [(-4, 4), (-4, 4)]
    bars = drawn(*(part(RegionMeasurements(), ["region_area"], [height]) for height in (0.5, -2)))
    assert bars[0].get_xlim() == bars[1].get_xlim() == pytest.approx((-2.1, 2.1))
    extractor = HOG(orientations=2, pixels_per_cell=(8, 8), cells_per_block=(1, 1))
    columns = [f"hog_{k:05d}" for k in range(8)]
    faint, full = drawn(part(extractor, columns, [1, *[0] * 7]), part(extractor, columns, [4, *[0] * 7]))
    assert [float(axis.collections[0].get_alpha()[0]) for axis in (faint, full)] == [0.25, 1]


def test_every_kind_says_its_scale():
    names = ["landmark_0_row", "landmark_0_col", "landmark_1_row", "landmark_1_col"]
    (disks,) = drawn(part(RegionMeasurements(), names, [0.25, 0.25, -1, 0], values=[3, 4, 10, 12]))
    assert disks.texts[0].get_text() == "largest disk: 1"
    extractor = HOG(orientations=2, pixels_per_cell=(8, 8), cells_per_block=(1, 1))
    (strokes,) = drawn(part(extractor, [f"hog_{k:05d}" for k in range(8)], [3, *[0] * 7]))
    assert strokes.texts[0].get_text() == "full colour: 3 a stroke"
    (shades,) = drawn(part(RawPixels(), [f"pixel_{k:03d}" for k in range(256)], np.eye(1, 256, 3)[0]))
    assert shades.figure.axes[1].get_ylabel() == "contribution"


@pytest.mark.parametrize(("probability", "ending"), [(None, ""), (0.25, ", probability 0.25")])
def test_the_title_tells_decision_and_probability(probability, ending):
    explanation = Explanation("cat", -1.5, 0.0, [part(RegionMeasurements(), ["region_area"], [1])], probability)
    assert ExplanationDisplay(explanation).plot().figure_.get_suptitle() == f"cat: decision -1.5{ending}"
    axis = Figure().subplots()
    assert ExplanationDisplay(explanation).plot(ax=axis).figure_.get_suptitle() == ""


def test_what_contributes_nothing_is_drawn_too():
    (axis,) = drawn(part(RawPixels(), [f"pixel_{k:03d}" for k in range(256)], np.zeros(256)))
    assert axis.images[1].get_clim() == (-1, 1)


@pytest.mark.parametrize("label", ["scratched part", "a class with a name that is as long as a whole sentence"])
def test_titles_are_whole_within_the_figure(label):
    rng = np.random.default_rng(0)
    images, labels = rng.random((8, 16, 16)), np.array(["good", label])[np.arange(8) % 2]
    features = make_union(RawPixels(), RotationInvariantVariance(), LocalBinaryPattern())
    model = make_pipeline(features, LogisticRegression()).fit(images, labels)
    figure = ExplanationDisplay.from_model(model, images[1], target=label).figure_
    figure.draw_without_rendering()
    for text in (*(axis.title for axis in figure.axes), figure._suptitle):
        box = text.get_window_extent()
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.width, text
