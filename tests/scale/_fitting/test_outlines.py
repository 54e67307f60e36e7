"""Closed outlines of an image at many levels."""

import numpy as np
import pytest

from featkit.scale._fitting.outlines import (
    OutlineSearch,
    closed_outlines,
    difference_channel,
    disk_colors,
    is_color,
    is_metallic,
    new_round_contours,
)

ROWS, COLS = np.mgrid[:200, :260]
DISK = np.hypot(ROWS - 90, COLS - 120) <= 40


@pytest.mark.parametrize("paper", [230, 20])
def test_the_outline_of_a_disk_is_among_them(paper):
    image = np.where(DISK[..., np.newaxis], (120, 110, 100), paper).astype(np.uint8)
    outlines, factor = closed_outlines(image, 20, 1000)
    assert factor == 1
    distances = [np.abs(np.hypot(*(outline - (90, 120)).T) - 40).max() for outline in outlines]
    assert min(distances) < 2


def test_of_a_large_image_a_reduced_copy_is_searched():
    image = np.kron(np.where(DISK, 60, 220).astype(np.uint8), np.ones((8, 8), np.uint8))
    outlines, factor = closed_outlines(image, 100, 1000)
    assert factor == pytest.approx(1000 / 2080)
    middle, radius = np.array([90, 120]) * 8 + 3.5, 40 * 8
    assert min(np.abs(np.hypot(*(outline - middle).T) - radius).max() for outline in outlines) < 16


def test_looks_at_some_levels_after_the_other_find_what_one_look_does():
    shade = np.clip(230 - np.hypot(ROWS - 90, COLS - 120), 60, 230)
    image = np.where(DISK, shade - 40, shade).astype(np.uint8)
    search = OutlineSearch(image, 20, 1000)
    in_looks = [outline for first in (0, 1) for outline in search.outlines(first, 2)]
    at_once, _ = closed_outlines(image, 20, 1000)
    assert len(at_once) > 5
    assert sorted(outline.tolist() for outline in in_looks) == sorted(outline.tolist() for outline in at_once)


def test_around_a_disk_its_outline_is_found_where_it_lies_and_no_other():
    image = np.where(DISK | (np.hypot(ROWS - 170, COLS - 220) <= 20), 60, 220).astype(np.uint8)
    around = np.array([[70.0, 100], [110, 140]])
    outlines = OutlineSearch(image, 20, 1000, new_round_contours()).outlines(around=around)
    assert outlines
    for outline in outlines:
        np.testing.assert_allclose(np.hypot(*(outline - (90, 120)).T), 40, atol=4)


def test_small_outlines_and_flat_images_have_none():
    spot = np.where(np.hypot(ROWS - 90, COLS - 120) <= 4, 60, 220).astype(np.uint8)
    assert closed_outlines(spot, 30, 1000)[0] == []
    assert closed_outlines(np.full((50, 60), 90, np.uint8), 10, 1000)[0] == []


def levels(channel):
    return channel.at(*np.indices(channel.image.shape[:2]))


def test_the_channel_of_a_difference_runs_along_it():
    image = np.random.default_rng(0).random((4, 5, 3)).astype(np.float32)
    inside, outside = np.array([0.8, 0.2, 0.2]), np.array([0.2, 0.2, 0.2])
    np.testing.assert_allclose(levels(difference_channel(image, inside, outside)), image[..., 0], rtol=1e-6)
    np.testing.assert_allclose(levels(difference_channel(image, inside, inside)), image.mean(axis=2), rtol=1e-6)


@pytest.mark.parametrize(("shade", "is_it"), [(0.7, True), (1.0, True), (1.3, True), (0.3, False)])
def test_a_colour_is_known_in_some_shade(shade, is_it):
    wanted = (0.6, 0.3, 0.2)
    assert is_color(shade * np.array(wanted), wanted) == is_it
    assert not is_color(np.array([0.2, 0.3, 0.6]), wanted)


@pytest.mark.parametrize("radius", [14.0, 90.0])
def test_colors_of_a_disk_and_of_what_is_around_it(radius):
    image = np.full((300, 320, 3), (230, 200, 180), np.uint8)
    row, col = np.mgrid[:300, :320]
    image[np.hypot(row - 150, (col - 160) / 1.1) <= radius] = 90, 60, 30
    image[:, 300:] = 0
    inside, around = disk_colors(image, np.array([150.0, 160]), np.array([[0, radius], [1.1 * radius, 0]]))
    np.testing.assert_allclose(inside, np.array([90, 60, 30]) / 255)
    np.testing.assert_allclose(around, np.array([230, 200, 180]) / 255)


def test_metals_are_gray_golden_or_copper_in_any_light():
    paper, tinted = np.ones(3), np.array([1.0, 0.85, 0.75])
    for light in (paper, tinted):
        assert is_metallic(np.array([0.6, 0.6, 0.58]) * light, light)
        assert is_metallic(np.array([0.7, 0.58, 0.35]) * light, light)
        assert not is_metallic(np.array([0.2, 0.5, 0.15]) * light, light)
