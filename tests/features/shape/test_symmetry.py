"""Symmetry: figures of known symmetry, mirroring pixel by pixel, scikit-image's rotation."""

import math

import numpy as np
import pytest
from skimage import data
from skimage.transform import rotate

from featkit import Symmetry, join_alpha
from featkit.features.shape import symmetry, symmetry_names

NAMES = [name.removeprefix("symmetry_") for name in symmetry_names()]


def named(image):
    return dict(zip(NAMES, symmetry(image), strict=True))


def turned(figure, degrees, size=201):
    row, col = np.mgrid[:size, :size] - size // 2 + 0.3
    angle = math.radians(degrees)
    return figure(row * math.sin(angle) + col * math.cos(angle), row * math.cos(angle) - col * math.sin(angle))


FIGURES = {
    "ellipse": lambda x, y: (x / 80) ** 2 + (y / 25) ** 2 <= 1,
    "bar": lambda x, y: (np.abs(x) <= 80) & (np.abs(y) <= 8),
    "leaf": lambda x, y: (np.abs(x) <= 80) & (np.abs(y) <= (x + 80) * (80 - x) * (x + 160) / 40000),
    "z": lambda x, y: (
        ((np.abs(x) <= 70) & (np.abs(y) <= 10))
        | ((np.abs(x - 60) <= 10) & (np.abs(y - 25) <= 25))
        | ((np.abs(x + 60) <= 10) & (np.abs(y + 25) <= 25))
    ),
    "hook": lambda x, y: ((np.abs(x) <= 70) & (np.abs(y) <= 10)) | ((np.abs(x - 60) <= 10) & (np.abs(y - 25) <= 25)),
}


def jaccard(mask, image):
    return (mask & image).sum() / (mask | image).sum()


def by_hand(mask):
    """Every pixel of the object looked up at its image; the image of a pixel is rounded to a pixel."""
    pixels = np.argwhere(mask).tolist()
    middle = [sum(pixel[axis] for pixel in pixels) / len(pixels) for axis in (0, 1)]
    rr = sum((r - middle[0]) ** 2 for r, _ in pixels)
    cc = sum((c - middle[1]) ** 2 for _, c in pixels)
    rc = sum((r - middle[0]) * (c - middle[1]) for r, c in pixels)
    axis = 0.5 * math.atan2(2 * rc, rr - cc)  # from the row axis

    def common(mirror):
        count = 0
        for r, c in pixels:
            down, right = r - middle[0], c - middle[1]
            if mirror is None:
                down, right = -down, -right
            else:
                cosine, sine = math.cos(2 * mirror), math.sin(2 * mirror)
                down, right = cosine * down + sine * right, sine * down - cosine * right
            row, col = round(middle[0] + down), round(middle[1] + right)
            count += 0 <= row < mask.shape[0] and 0 <= col < mask.shape[1] and bool(mask[row, col])
        return count / (2 * len(pixels) - count)

    best = max(common(axis + math.radians(degrees)) for degrees in range(0, 180, 3))
    return {
        "about_axis": common(axis),
        "across_axis": common(axis + math.pi / 2),
        "best_axis": best,
        "half_turn": common(None),
    }


@pytest.mark.parametrize("degrees", [0, 20, 90])
@pytest.mark.parametrize("name", ["leaf", "z", "hook"])
def test_mirrored_pixel_by_pixel(name, degrees):
    mask = turned(FIGURES[name], degrees)
    found, expected = named(mask), by_hand(mask)
    for measure in NAMES:
        assert found[measure] == pytest.approx(expected[measure], abs=0.03), measure


@pytest.mark.parametrize("degrees", [0, 20, 33, 90, 135])
def test_figures_of_known_symmetry(degrees):
    assert min(named(turned(FIGURES["ellipse"], degrees)).values()) > 0.97
    assert min(named(turned(FIGURES["bar"], degrees)).values()) > 0.92
    leaf = named(turned(FIGURES["leaf"], degrees))
    assert leaf["about_axis"] > 0.96
    assert leaf["across_axis"] < 0.85
    assert leaf["half_turn"] == pytest.approx(leaf["across_axis"], abs=0.03)
    z = named(turned(FIGURES["z"], degrees))
    assert z["half_turn"] > 0.95
    assert z["about_axis"] < 0.75
    hook = named(turned(FIGURES["hook"], degrees))
    assert max(hook["about_axis"], hook["half_turn"]) < 0.8


def test_a_star_has_a_best_axis_whatever_its_long_axis():
    row, col = np.mgrid[-100:101, -100:101]
    angle, radius = np.arctan2(row, col), np.hypot(row, col)
    for turn in (0, 0.3):
        assert named(radius <= 60 + 30 * np.cos(5 * (angle - turn)))["best_axis"] > 0.95
        pinwheel = radius <= 60 + 30 * (np.mod(5 * (angle - turn) / (2 * np.pi), 1))
        assert named(pinwheel)["best_axis"] < 0.93


def test_scikit_image_turns_it_by_half():
    horse = ~data.horse()
    rows, cols = np.nonzero(horse)
    center = (cols.mean(), rows.mean())
    padded = np.pad(horse, 200)
    half = rotate(padded, 180, center=(center[0] + 200, center[1] + 200), order=0) > 0
    assert named(horse)["half_turn"] == pytest.approx(jaccard(padded, half), abs=0.03)


def test_a_mirror_and_size_leave_it():
    mask = turned(FIGURES["hook"], 25)
    expected = symmetry(mask)
    assert symmetry(mask[:, ::-1]) == pytest.approx(expected, abs=0.02)
    assert symmetry(np.repeat(np.repeat(mask, 2, axis=0), 2, axis=1)) == pytest.approx(expected, abs=0.02)


def test_the_largest_object_counts_its_holes_filled():
    mask = turned(FIGURES["leaf"], 25)
    expected = symmetry(mask)
    mask[95:105, 95:105] = False
    mask[:5, :5] = True
    assert symmetry(mask) == pytest.approx(expected)
    assert Symmetry().fit_transform([join_alpha(np.ones(mask.shape), mask)])[0] == pytest.approx(expected)


def test_a_pixel_is_symmetric_and_nothing_is_nan():
    assert symmetry(np.ones((1, 1), dtype=bool)).tolist() == [1, 1, 1, 1]
    assert np.isnan(symmetry(np.zeros((4, 4), dtype=bool))).all()


@pytest.mark.parametrize("degrees", [0, 30])
def test_pixels_need_not_be_square(degrees):
    mask = turned(FIGURES["leaf"], degrees)
    expected = symmetry(mask)
    assert symmetry(mask[::2], pixel_size=(2, 1)) == pytest.approx(expected, abs=0.04)
    assert symmetry(mask[:, ::2], pixel_size=(0.1, 0.2)) == pytest.approx(expected, abs=0.04)
    assert (symmetry(mask, pixel_size=np.nan) == expected).all()
