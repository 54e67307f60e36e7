"""Otsu's, Li's, the triangle's and Sauvola's thresholds: scikit-image as the second opinion; what they are good for."""

import numpy as np
import pytest
from skimage import data
from skimage.filters import threshold_li, threshold_otsu, threshold_sauvola, threshold_triangle

from featkit import BackgroundRemover, foreground_mask, segment_foreground
from featkit.preprocessing.foreground.thresholds import (
    is_above_li,
    is_above_otsu,
    is_above_triangle,
    rarer_on_border,
    sauvola_mask,
)

PICTURES = {"coins": data.coins(), "page": data.page(), "camera": data.camera()[::2, ::2]}
by_picture = pytest.mark.parametrize("gray", PICTURES.values(), ids=PICTURES)
ROWS, COLS = np.mgrid[:120, :160]
DISK = (ROWS - 60) ** 2 + (COLS - 80) ** 2 <= 30**2


def test_otsu_maximises_the_variance_between_the_classes():
    rng = np.random.default_rng(3)
    gray = np.where(DISK, rng.normal(170, 20, DISK.shape), rng.normal(80, 15, DISK.shape)).clip(0, 255).astype(np.uint8)

    def between(threshold):
        bright = gray > threshold
        return bright.mean() * (1 - bright.mean()) * (gray[bright].mean() - gray[~bright].mean()) ** 2

    best = max(range(int(gray.min()), int(gray.max())), key=between)
    np.testing.assert_array_equal(rarer_on_border(is_above_otsu(gray)), gray > best)


def test_otsu_takes_what_is_rarer_on_the_border():
    gray = np.full((20, 20), 50, np.uint8)
    gray[2:18, 2:18] = 200  # most of the image, yet inside
    np.testing.assert_array_equal(rarer_on_border(is_above_otsu(gray)), gray == 200)
    np.testing.assert_array_equal(rarer_on_border(is_above_otsu(255 - gray)), gray == 200)
    assert not rarer_on_border(is_above_otsu(np.full((5, 5), 7, np.uint8))).any()


def test_li_minimises_the_cross_entropy():
    gray = PICTURES["coins"].astype(int)
    values = gray - gray.min()

    def cross_entropy(threshold):
        parts = [values[gray <= threshold], values[gray > threshold]]
        return -sum(part.sum() * np.log(part.mean()) for part in parts)

    best = min(range(gray.min() + 5, gray.max() - 5), key=cross_entropy)
    assert gray[is_above_li(PICTURES["coins"])].min() == pytest.approx(best, abs=3)


@by_picture
def test_li_agrees_with_scikit_image(gray):
    np.testing.assert_array_equal(is_above_li(gray), gray > threshold_li(gray))


@by_picture
def test_the_triangle_is_that_of_scikit_image(gray):
    for same in (gray, 255 - gray, gray // 2 + 40):
        np.testing.assert_array_equal(is_above_triangle(same), same > threshold_triangle(same))


def test_the_triangle_cuts_where_the_histogram_is_farthest_below_its_line():
    counts = np.array([5, 0, 1, 2, 90])  # from (0, 5) to the peak (4, 90): the line rises by 22.5 a level
    gray = np.repeat(np.arange(10, 15), counts).astype(np.uint8)[np.newaxis]
    np.testing.assert_array_equal(is_above_triangle(gray), gray > 13)
    np.testing.assert_array_equal(is_above_triangle(255 - gray), 255 - gray > 242)
    for flat in (np.full((3, 4), 7, np.uint8), np.full((3, 4), 700, np.uint16)):
        assert not is_above_triangle(flat).any()


@by_picture
@pytest.mark.parametrize("is_above", [is_above_otsu, is_above_li, sauvola_mask])
def test_thresholds_do_not_depend_on_the_dtype(gray, is_above):
    np.testing.assert_array_equal(is_above(gray * np.uint16(257)), is_above(gray))


@by_picture
@pytest.mark.parametrize(("factor", "offset"), [(1, 0), (16, 0), (3, 20000)])
def test_otsu_and_li_of_16_bits_are_those_of_scikit_image(gray, factor, offset):
    noise = np.random.default_rng(1).integers(0, factor, gray.shape)
    deep = (gray.astype(int) * factor + noise + offset).astype(np.uint16)
    assert np.mean(is_above_otsu(deep) != (deep > threshold_otsu(deep))) < 1e-4  # sums of scikit-image are rounded
    np.testing.assert_array_equal(is_above_li(deep), deep > threshold_li(deep, tolerance=0.5))


@by_picture
def test_sauvola_agrees_with_scikit_image_away_from_the_border(gray):
    side = 2 * (min(gray.shape) // 16) + 1
    ink = gray if gray is PICTURES["page"] else 255 - gray  # coins and the sky are brighter than what is around them
    expected = ink < threshold_sauvola(ink, window_size=side, k=0.2, r=128)
    inner = slice(side, -side), slice(side, -side)
    np.testing.assert_array_equal(sauvola_mask(gray)[inner], expected[inner])


@pytest.mark.parametrize("method", ["li", "triangle", "sauvola"])
@pytest.mark.parametrize(("ground", "object_"), [(200, 60), (60, 200)])
def test_a_disk_is_found_on_light_and_on_dark_background(method, ground, object_):
    image = np.where(DISK, object_, ground) + np.random.default_rng(0).normal(0, 3, DISK.shape)
    mask = segment_foreground(image.astype(np.uint8), method)
    assert (mask & DISK).sum() / (mask | DISK).sum() > 0.97


def test_sauvola_reads_ink_in_a_shadow_where_otsu_takes_the_shadow_for_ink():
    paper = np.linspace(40, 250, 160)[np.newaxis] * np.ones((120, 1))
    ink = (ROWS % 20 < 3) & (COLS % 30 < 18)
    image = np.where(ink, 0.5 * paper, paper).astype(np.uint8)

    def overlap(method):
        mask = segment_foreground(image, method, fill_holes=False)
        return (mask & ink).sum() / (mask | ink).sum()

    assert overlap("sauvola") > 0.95
    assert overlap("otsu") < 0.5


def test_what_the_border_cuts_off_is_left_out():
    image = np.full((120, 160), 220, np.uint8)
    image[DISK] = 50
    image[:90, :25] = 50
    inside = BackgroundRemover(method="otsu", components="inside").fit_transform([image])[0]
    np.testing.assert_array_equal(foreground_mask(inside), DISK)
    assert foreground_mask(BackgroundRemover(method="otsu").fit_transform([image])[0])[10, 10]


def test_where_all_is_cut_off_there_is_no_foreground():
    image = np.full((120, 160), 220, np.uint8)
    image[:90, :25] = 50
    assert not segment_foreground(image, "otsu", components="inside").any()
