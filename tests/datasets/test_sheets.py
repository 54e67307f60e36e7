import numpy as np
import pytest

from featkit.datasets import make_sheets
from featkit.datasets._sheet_parts import polygon_area
from featkit.datasets.sheets import SCALES

SMALL = {"height": 360, "width": 480, "min_leaves": 2, "max_leaves": 4}


@pytest.fixture(scope="module")
def sheets():
    return make_sheets(len(SCALES), scale=SCALES, random_state=0, **SMALL)


def test_images_labels_and_truth_belong_together(sheets):
    n_sheets, n_leaves = len(SCALES), len(sheets.area)
    assert sheets.images.shape == (n_sheets, 360, 480, 3)
    assert sheets.images.dtype == np.uint8
    assert sheets.labels.shape == (n_sheets, 360, 480)
    assert sheets.kind == list(SCALES)
    assert len(sheets.outlines) == len(sheets.length) == len(sheets.width) == len(sheets.sheet) == n_leaves
    assert np.isnan(sheets.size).tolist() == [kind in ("sheet", "none") for kind in SCALES]
    for number in range(n_sheets):
        assert sheets.labels[number].max() == (sheets.sheet == number).sum()
        assert 2 <= sheets.labels[number].max() <= 4


def test_areas_are_those_of_the_pixels_on_the_sheet(sheets):
    rows, cols = np.indices((360, 480))
    for k in np.flatnonzero(sheets.area > 300):
        inverse = np.linalg.inv(sheets.homography[sheets.sheet[k]])
        inside = sheets.labels[sheets.sheet[k]] == sheets.label[k]
        depth = inverse[2, 0] * cols[inside] + inverse[2, 1] * rows[inside] + inverse[2, 2]
        area = np.abs(np.linalg.det(inverse) / depth**3).sum()
        assert area == pytest.approx(sheets.area[k], rel=0.03)


def test_the_pixel_size_is_that_at_the_scale(sheets):
    for number, (row, col) in enumerate(sheets.scale_center):
        to_sheet = np.linalg.inv(sheets.homography[number])
        corners = np.array([[col - 0.5, row - 0.5, 1], [col + 0.5, row - 0.5, 1], [col + 0.5, row + 0.5, 1]])
        corners = np.vstack([corners, [col - 0.5, row + 0.5, 1]]) @ to_sheet.T
        area = polygon_area(corners[:, :2] / corners[:, 2:])
        assert sheets.pixel_size[number] ** 2 == pytest.approx(area, rel=1e-4)


def test_tilts_stay_within_the_limit():
    sheets = make_sheets(8, scale="none", max_tilt=4, random_state=1, height=90, width=120, max_leaves=2)
    assert (sheets.tilt <= 4).all()
    assert sheets.tilt.max() > 1
    level = make_sheets(1, scale="none", max_tilt=0, random_state=1, height=90, width=120, max_leaves=2)
    assert level.homography[0, 2, :2] == pytest.approx(0, abs=1e-12)


def test_leaves_do_not_overlap_and_lie_on_the_sheet(sheets):
    height, width = sheets.sheet_size
    for k, outline in enumerate(sheets.outlines):
        points = np.column_stack([outline[:, ::-1], np.ones(len(outline))])
        points = points @ np.linalg.inv(sheets.homography[sheets.sheet[k]]).T
        col, row = (points[:, :2] / points[:, 2:]).T
        assert np.abs(row).max() < height / 2
        assert np.abs(col).max() < width / 2


def test_the_seed_decides_everything():
    one, two, other = (make_sheets(1, scale="coin", random_state=seed, height=120, width=160) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.images, two.images)
    assert (one.images != other.images).any()


def test_a_hidden_scale_changes_the_image_but_not_the_truth():
    plain, hidden = (
        make_sheets(1, scale="coin", hidden=is_hidden, random_state=2, height=240, width=320)
        for is_hidden in (False, True)
    )
    np.testing.assert_array_equal(plain.area, hidden.area)
    assert (plain.images != hidden.images).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": "stone"}, "kinds of scale out of coin, .*got \\['stone'\\]"),
        ({"scale": []}, "kinds of scale"),
        ({"n_sheets": 0}, "at least one sheet"),
        ({"min_leaves": 5, "max_leaves": 4}, "min_leaves <= max_leaves"),
        ({"max_tilt": 60}, "max_tilt in \\[0, 40\\]"),
    ],
)
def test_bad_parameters_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_sheets(**{"n_sheets": 1, **options})


def test_the_quality_is_that_of_a_jpeg():
    """Fewer colours differ between neighbouring pixels where a JPEG leaves them out."""

    def detail(quality):
        image = make_sheets(1, quality=quality, random_state=0).images[0].astype(float)
        return np.abs(np.diff(image, axis=1)).mean()

    assert detail(5) < 0.8 * detail(95)
