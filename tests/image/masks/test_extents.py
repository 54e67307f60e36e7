"""What is said of masks: closed forms on drawn shapes, and the list of their pixels as the second opinion."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import featkit
from featkit.image.masks.components import label_components
from featkit.image.masks.extents import border_fraction, bounding_box, centroid, mask_quality

EMPTY = np.zeros((6, 8), dtype=bool)
FULL = np.ones((6, 8), dtype=bool)


def masks_of_any_size():
    return st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32), st.floats(0.1, 0.9)).map(
        lambda t: np.random.default_rng(t[2]).random(t[:2]) < t[3]
    )


@given(masks_of_any_size())
@settings(max_examples=100, deadline=None)
def test_box_and_centroid_agree_with_the_pixel_list(mask):
    rows, cols = np.nonzero(mask)
    if len(rows) == 0:
        assert bounding_box(mask) is None
        assert all(map(math.isnan, centroid(mask)))
    else:
        assert bounding_box(mask) == (rows.min(), cols.min(), rows.max() + 1, cols.max() + 1)
        assert centroid(mask) == pytest.approx((rows.mean(), cols.mean()))


def test_weights_move_the_centroid():
    alpha = np.array([[0, 255], [0, 255]], dtype=np.uint8)
    assert centroid(alpha) == (0.5, 1.0)


def test_border():
    assert border_fraction(FULL) == 1
    assert border_fraction(EMPTY) == 0
    one_corner = EMPTY.copy()
    one_corner[-1, -1] = True
    assert border_fraction(one_corner) == pytest.approx(1 / (2 * 6 + 2 * 8 - 4))
    line = np.array([True, False, True, True, False])
    for thin in (line[np.newaxis], line[:, np.newaxis]):
        assert border_fraction(thin) == pytest.approx(3 / 5)
    inside = EMPTY.copy()
    inside[1:-1, 1:-1] = True
    assert border_fraction(inside) == 0


def test_quality_is_the_product_of_free_border_size_and_unity():
    assert mask_quality(EMPTY) == 0
    assert mask_quality(FULL) == 0
    mask = np.zeros((100, 100), dtype=bool)
    mask[30:60, 30:60] = True
    assert mask_quality(mask) == 1
    mask[80:90, 40:50] = True
    assert mask_quality(mask) == pytest.approx(900 / 1000)
    speck = np.zeros((100, 100), dtype=bool)
    speck[50, 50] = True
    assert mask_quality(speck) == pytest.approx(1 / 500)
    glued = np.zeros((100, 100), dtype=bool)
    glued[:50] = True
    assert mask_quality(glued) == pytest.approx(1 - ((100 + 2 * 49) / 396) ** 0.5)


NO_MASK = {
    "no pixels": np.zeros((0, 3), bool),
    "a list": [[True]],
    "negative labels": np.array([[-1, 0]]),
    "gray levels": np.array([[0, 3, 200]], np.uint8),
    "gray levels of 16 bits": np.array([[9, 3, 200]], np.uint16),
    "soft alpha": np.array([[0.0, 0.3]]),
    "three axes": np.ones((3, 3, 3), bool),
    "a masked array": np.ma.masked_array(np.ones((3, 3), bool)),
}
OF_A_MASK = [
    featkit.features.shape.measure_region,
    featkit.image.bounding_box,
    featkit.image.mask_quality,
    featkit.image.remove_small_components,
    featkit.image.central_component,
    featkit.image.largest_component,
    featkit.image.clear_border,
    featkit.image.fill_holes,
    label_components,
    border_fraction,
]


@pytest.mark.parametrize("function", OF_A_MASK)
@pytest.mark.parametrize("name", NO_MASK)
def test_what_is_no_mask_is_refused(name, function):
    with pytest.raises(featkit.exceptions.ImageFormatError, match=r"Expected a mask, a bool array|masked array"):
        function(NO_MASK[name])


@pytest.mark.parametrize("function", OF_A_MASK)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64, np.float32])
def test_whole_numbers_are_masks_with_0_for_background(function, dtype):
    mask = np.random.default_rng(4).random((14, 19)) < 0.4
    values = [mask.astype(dtype)]
    if np.dtype(dtype).kind != "f":
        values.append(mask * np.array(120, dtype))
    if np.dtype(dtype).kind == "i":
        values.append(mask * np.arange(1, 20).astype(dtype))
    for same in values:
        np.testing.assert_equal(function(same), function(mask))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float64])
@pytest.mark.parametrize("numbers", [(1, 2), (1, 7), (3, 200)])
def test_the_centroid_of_labels_is_that_of_their_foreground(dtype, numbers):
    labels = np.zeros((30, 40), dtype)
    labels[4:10, 5:15], labels[15:25, 20:30] = numbers
    assert centroid(labels) == centroid(labels > 0)
    soft = np.clip(12 - np.hypot(*np.mgrid[-15:15, -20:20]), 0, 8) / 8
    soft[:, :15] *= 0.5
    assert centroid(np.rint(255 * soft).astype(np.uint8)) == pytest.approx(centroid(soft), abs=0.01)
    assert centroid(soft) != centroid(soft > 0)


def test_the_centroid_takes_weights_but_no_other_values():
    polygon = np.array([[10.5, 10], [40, 11], [30, 40]])
    for wrong in (
        polygon,
        np.array([[-1.0, 2.0]]),
        np.array([[np.nan, 1.0]]),
        np.ma.masked_array(FULL),
        [[1, 2]],
        np.ones(3),
    ):
        with pytest.raises(featkit.exceptions.ImageFormatError):
            centroid(wrong)
