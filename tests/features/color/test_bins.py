"""Bins of colour channels."""

import numpy as np
import pytest

from featkit.features.color._bins import (
    bin_of_level,
    bin_tables,
    bins_per_plane,
    cells_of_grid,
    color_tables,
    fill_color_codes,
    joint_bin_names,
    vote_weights,
)
from featkit.parameters import InvalidParameterError

SPACES = ["rgb", "hsv", "lab", "opponent"]


@pytest.mark.parametrize("n_bins", [1, 2, 3, 8, 16, 255, 256])
@pytest.mark.parametrize("space", SPACES)
def test_bins_are_in_order_of_about_equal_width_and_none_is_empty(space, n_bins):
    for plane in range(3):
        bins = bin_of_level(space, plane, n_bins)
        counts = np.bincount(bins, minlength=n_bins)
        assert len(counts) == n_bins
        is_hue = space == "hsv" and plane == 0
        assert np.count_nonzero(np.diff(bins) < 0) <= is_hue  # the last hues are red again
        if not (is_hue or plane in {"lab": (1, 2), "opponent": (0, 1)}.get(space, ())):
            np.testing.assert_array_equal(bins, np.arange(256) * n_bins // 256)


@pytest.mark.parametrize("n_bins", [2, 3, 8, 15])
def test_red_stands_in_the_middle_of_the_first_bin_of_hue(n_bins):
    bins = bin_of_level("hsv", 0, n_bins)
    reach = 256 // (2 * n_bins) - 1
    assert set(bins[:reach]) | set(bins[256 - reach :]) == {0}


@pytest.mark.parametrize("n_bins", [3, 8, 15])
def test_gray_stands_in_the_middle_of_a_bin_of_signed_channels(n_bins):
    bins = bin_of_level("lab", 1, n_bins)
    reach = 256 // (2 * n_bins) - 1
    assert set(bins[128 - reach : 129 + reach]) == {n_bins // 2}


def test_joint_bins_number_all_combinations():
    tables = bin_tables("rgb", (2, 3, 4), True)
    levels = np.random.default_rng(0).integers(0, 256, (200, 3))
    expected = [(r * 2 // 256 * 3 + g * 3 // 256) * 4 + b * 4 // 256 for r, g, b in levels]
    assert sum(tables[k][levels[:, k]] for k in range(3)).tolist() == expected
    names = joint_bin_names("rgb", (2, 3, 4))
    assert len(set(names)) == 24
    assert names[0] == "rgb_0_0_0"
    assert names == sorted(names)


def test_separate_bins_number_one_channel_after_another():
    tables = bin_tables("rgb", (2, 3, 4), False)
    levels = np.arange(256)
    np.testing.assert_array_equal(tables, [levels * 2 // 256, 2 + levels * 3 // 256, 5 + levels * 4 // 256])


def test_codes_of_the_foreground_stand_inside_a_border():
    tables, n_colors = color_tables("rgb", 4)
    assert n_colors == 64
    levels = np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype(np.uint8)
    mask = np.random.default_rng(1).random((4, 5)) < 0.5
    codes = np.full((8, 9), 999, np.uint16)
    fill_color_codes(levels, tables, mask, codes)
    inside = codes[2:6, 2:7]
    expected = sum(tables[k][levels[..., k]] for k in range(3))
    np.testing.assert_array_equal(inside, np.where(mask, expected, 999))
    assert (codes == 999).sum() == 72 - mask.sum()


@pytest.mark.parametrize("grid", [(1, 1), (2, 3), (7, 5)])
def test_cells_part_the_image(grid):
    covered = np.zeros((7, 11), int)
    for top, left, bottom, right in cells_of_grid((7, 11), grid):
        covered[top:bottom, left:right] += 1
    assert (covered == 1).all()


@pytest.mark.parametrize("n_bins", [0, 257, 2.5, (2, 3), (2, 3, 0), "abc", None])
def test_other_numbers_of_bins_are_refused(n_bins):
    with pytest.raises(InvalidParameterError, match="n_bins"):
        bins_per_plane(n_bins)


def test_too_many_colours_are_refused():
    assert color_tables("rgb", 16)[1] == 4096
    with pytest.raises(InvalidParameterError, match="at most 4096 colours"):
        color_tables("rgb", 17)


def test_pixels_vote_by_their_alpha():
    image = np.zeros((2, 3, 4))
    image[..., 3] = [[0, 0.5, 1], [1, 1, 0]]
    assert vote_weights(image).tolist() == [[0, 128, 255], [255, 255, 0]]
    assert vote_weights(image[..., :3]).size == 0
