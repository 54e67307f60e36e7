"""Components and holes of masks: closed forms on drawn shapes, scipy.ndimage and scikit-image as second opinions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import segmentation

from featkit.image.masks._component_runs import find_runs, large_and_filled
from featkit.image.masks.components import (
    central_component,
    clear_border,
    fill_holes,
    label_components,
    largest_component,
    remove_small_components,
)
from featkit.image.masks.extents import bounding_box

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
    central = central_component(mask)
    assert bounding_box(central) == (2, 4, 8, 10)
    assert bounding_box(central_component(mask, min_fraction=0)) == (10, 10, 11, 11)


def test_small_components_are_removed_by_fraction_and_by_area():
    mask = picture("####....", "........", "##..#...")
    assert label_components(remove_small_components(mask, min_fraction=0.5))[1].tolist() == [4, 2]
    assert remove_small_components(mask, min_fraction=0, min_area=2).sum() == 6
    assert not remove_small_components(mask, min_area=9).any()


def test_large_holes_can_stay_open():
    mask = np.ones((9, 9), dtype=bool)
    mask[2, 2] = False
    mask[5:8, 5:8] = False
    assert (~fill_holes(mask, max_area=4)).sum() == 9
    assert fill_holes(mask).all()


@pytest.mark.parametrize("function", [largest_component, central_component, remove_small_components, fill_holes])
@pytest.mark.parametrize("mask", [EMPTY, FULL, np.ones((1, 1), dtype=bool), np.zeros((1, 1), dtype=bool)])
def test_masks_without_anything_to_choose_come_back_as_a_copy(function, mask):
    result = function(mask)
    np.testing.assert_array_equal(result, mask)
    assert result.dtype == bool
    assert not np.shares_memory(result, mask)


def test_views_that_are_not_contiguous_are_read_correctly():
    mask = np.random.default_rng(0).random((12, 9)) < 0.5
    flipped = np.ascontiguousarray(mask[::-1, ::2])
    for function in (largest_component, fill_holes, remove_small_components, central_component):
        np.testing.assert_array_equal(function(mask[::-1, ::2]), function(flipped))


@pytest.mark.parametrize("percent", range(1, 100))
def test_a_component_of_exactly_the_least_fraction_is_kept(percent):
    mask = np.zeros((30, 120), bool)
    mask[0, :percent] = True
    mask[10:20, 10:20] = True
    assert remove_small_components(mask, min_fraction=percent / 100).sum() == 100 + percent


@given(masks_of_any_size(), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_dropping_and_filling_at_once_is_one_after_the_other(mask, min_fraction):
    expected = fill_holes(remove_small_components(mask, min_fraction))
    np.testing.assert_array_equal(large_and_filled(mask, min_fraction), expected)


def test_runs_of_a_mask_with_an_edge_at_every_pixel():
    mask = np.indices((150, 301)).sum(axis=0) % 2 == 0
    first_of_row, starts, ends = find_runs(mask, True)
    rows, cols = np.nonzero(mask)
    np.testing.assert_array_equal(starts, cols)
    np.testing.assert_array_equal(ends, cols + 1)
    np.testing.assert_array_equal(np.repeat(np.arange(150), np.diff(first_of_row)), rows)
