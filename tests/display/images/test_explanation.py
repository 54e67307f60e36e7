"""Each kind of evidence has its picture: strokes, shades, disks, bars."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from featkit import HOG, ColorHistogram, RawPixels, RegionMeasurements
from featkit.display import ExplanationDisplay
from featkit.display.images.explanation import AGAINST, FOR
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
