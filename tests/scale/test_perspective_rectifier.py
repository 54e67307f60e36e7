"""Sheets are mapped upright to one pixel size, as a step of a Pipeline."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from featkit import BackgroundRemover, ObjectFinder, ObjectTable, foreground_mask
from featkit.datasets import make_sheets
from featkit.exceptions import SubjectNotFoundError
from featkit.parameters import InvalidParameterError
from featkit.scale import PerspectiveRectifier


def test_areas_behind_it_are_those_of_the_leaves():
    sheets = make_sheets(2, scale="sheet", min_leaves=4, max_leaves=4, random_state=6)
    rectifier = PerspectiveRectifier(pixel_size=0.1)
    finder = ObjectFinder(min_size=20, clear_border=True, pixel_size=0.1)
    steps = make_pipeline(rectifier, BackgroundRemover(method="paper", min_fraction=0), ObjectTable(finder=finder))
    areas = np.sort(steps.fit_transform(sheets.images)[:, 0])
    true = np.sort(sheets.area[sheets.area > 45])  # the written digits are smaller
    assert areas[-len(true) :] == pytest.approx(true, rel=0.02)


def test_what_has_no_perspective_is_brought_to_the_pixel_size():
    image = np.full((300, 400, 3), 235, np.uint8)
    row, col = np.mgrid[:300, :400]
    image[np.hypot(row - 150, col - 200) <= 50] = 20, 60, 160
    (upright,) = PerspectiveRectifier(kind="disk", size=20, pixel_size=0.1).transform([image])
    assert upright.shape == pytest.approx((600, 800, 3), rel=0.02)


def test_where_no_scale_is_found_it_raises_or_gives_nothing():
    blank = np.full((60, 80, 3), 200, np.uint8)
    with pytest.raises(SubjectNotFoundError, match="no sheet"):
        PerspectiveRectifier().transform([blank])
    (image,) = PerspectiveRectifier(on_failure="blank").transform([blank])
    assert image.shape == (60, 80, 4)
    assert not foreground_mask(image).any()
    tiny = PerspectiveRectifier(on_failure="blank").transform([np.zeros((3, 4), np.uint8)])[0]
    assert tiny.shape == (3, 4, 4)


@pytest.mark.parametrize(
    "parameters", [{"size": 20}, {"kind": "coin"}, {"size": (1, 2, 3)}, {"kind": "tag", "size": -1}]
)
def test_sizes_belong_to_their_kind(parameters):
    with pytest.raises(InvalidParameterError, match="size"):
        PerspectiveRectifier(**parameters).transform([np.zeros((60, 80), np.uint8)])
