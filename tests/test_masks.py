"""Masks: closed forms on drawn shapes, and scipy.ndimage as the second opinion."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import segmentation

from featkit.masks import (
    border_share,
    bounding_box,
    centroid,
    clear_border,
    drop_small_components,
    fill_holes,
    label_components,
    largest_component,
    mask_quality,
    most_central_component,
    touches_border,
)

EIGHT = np.ones((3, 3))
EMPTY = np.zeros((6, 8), dtype=bool)
FULL = np.ones((6, 8), dtype=bool)


def masks_of_any_size():
    return st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32), st.floats(0.1, 0.9)).map(
        lambda t: np.random.default_rng(t[2]).random(t[:2]) < t[3]
    )


def picture(*rows):
    return np.array([[cell == "#" for cell in row] for row in rows])


@given(masks_of_any_size())
@settings(max_examples=200, deadline=None)
def test_components_and_holes_agree_with_scipy(mask):
    expected_labels, n_expected = ndimage.label(mask, structure=EIGHT)
    expected_areas = np.bincount(expected_labels.ravel(), minlength=n_expected + 1)[1:]
    assert sorted(label_components(mask)[1]) == sorted(expected_areas)
    np.testing.assert_array_equal(fill_holes(mask), ndimage.binary_fill_holes(mask))
    if n_expected:  # scipy numbers components in the order in which they are met, argmax takes the first of equals
        np.testing.assert_array_equal(largest_component(mask), expected_labels == np.argmax(expected_areas) + 1)


@given(masks_of_any_size())
@settings(max_examples=100, deadline=None)
def test_clearing_the_border_agrees_with_scikit_image(mask):
    before = mask.copy()
    labels = ndimage.label(mask, structure=EIGHT)[0]
    np.testing.assert_array_equal(clear_border(mask), segmentation.clear_border(labels) > 0)
    np.testing.assert_array_equal(mask, before)


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


def test_diagonal_neighbours_hang_together_but_do_not_let_the_background_through():
    ring = picture("......", "..#...", ".#.#..", "..#...", "......")
    assert len(label_components(ring)[1]) == 1
    assert fill_holes(ring).sum() == 5


def test_of_equal_components_the_first_in_reading_order_stays():
    mask = picture("....##", "##..##", "##....")
    np.testing.assert_array_equal(largest_component(mask), picture("....##", "....##", "......"))


def test_most_central_component_ignores_dust_in_the_middle():
    mask = np.zeros((21, 21), dtype=bool)
    mask[10, 10] = True
    mask[2:8, 4:10] = True
    mask[0:10, 15:21] = True
    central = most_central_component(mask)
    assert bounding_box(central) == (2, 4, 8, 10)
    assert bounding_box(most_central_component(mask, min_share=0)) == (10, 10, 11, 11)


def test_drop_small_components_by_share_and_by_area():
    mask = picture("####....", "........", "##..#...")
    assert label_components(drop_small_components(mask, min_share=0.5))[1].tolist() == [4, 2]
    assert drop_small_components(mask, min_share=0, min_area=2).sum() == 6
    assert not drop_small_components(mask, min_area=9).any()


def test_large_holes_can_stay_open():
    mask = np.ones((9, 9), dtype=bool)
    mask[2, 2] = False
    mask[5:8, 5:8] = False
    assert (~fill_holes(mask, max_area=4)).sum() == 9
    assert fill_holes(mask).all()


def test_weights_move_the_centroid():
    alpha = np.array([[0, 255], [0, 255]], dtype=np.uint8)
    assert centroid(alpha) == (0.5, 1.0)


@pytest.mark.parametrize("function", [largest_component, most_central_component, drop_small_components, fill_holes])
@pytest.mark.parametrize("mask", [EMPTY, FULL, np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)])
def test_masks_without_anything_to_choose_come_back_as_a_copy(function, mask):
    result = function(mask)
    np.testing.assert_array_equal(result, mask)
    assert result.dtype == bool
    assert not np.shares_memory(result, mask)


def test_border():
    assert border_share(FULL) == 1
    assert border_share(EMPTY) == 0
    one_corner = EMPTY.copy()
    one_corner[-1, -1] = True
    assert border_share(one_corner) == pytest.approx(1 / (2 * 6 + 2 * 8 - 4))
    assert touches_border(one_corner)
    line = np.array([True, False, True, True, False])
    for thin in (line[np.newaxis], line[:, np.newaxis]):
        assert border_share(thin) == pytest.approx(3 / 5)
    inside = EMPTY.copy()
    inside[1:-1, 1:-1] = True
    assert not touches_border(inside)
    assert touches_border(np.ones((1, 5), dtype=bool))
    assert touches_border(np.ones((5, 1), dtype=bool))


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


def test_views_that_are_not_contiguous_are_read_correctly():
    mask = np.random.default_rng(0).random((12, 9)) < 0.5
    flipped = np.ascontiguousarray(mask[::-1, ::2])
    for function in (largest_component, fill_holes, drop_small_components, most_central_component):
        np.testing.assert_array_equal(function(mask[::-1, ::2]), function(flipped))
