"""Things on a sheet of paper are found to half a pixel, whatever the light and whatever lies around the sheet."""

import cv2
import numpy as np
import pytest

from featkit import BackgroundRemover, foreground_mask, segment_foreground
from featkit.datasets import make_sheets

SHAPE = (480, 640)


def ellipse(center, axes, angle=30):
    """Fraction of each pixel that lies in an ellipse, by 8 x 8 points."""
    steps = (np.arange(8) + 0.5) / 8 - 0.5
    rows = (np.arange(SHAPE[0])[:, np.newaxis] + steps).ravel()
    cols = (np.arange(SHAPE[1])[:, np.newaxis] + steps).ravel()
    turn = np.deg2rad(angle)
    down, right = rows[:, np.newaxis] - center[0], cols - center[1]
    inside = ((right * np.cos(turn) + down * np.sin(turn)) / axes[0]) ** 2 + (
        (right * np.sin(turn) - down * np.cos(turn)) / axes[1]
    ) ** 2 <= 1
    return inside.reshape(SHAPE[0], 8, SHAPE[1], 8).mean(axis=(1, 3))


def on_paper(things, *, blur=1.5, desk=True, fall=0.5, seed=0):
    """Photo of things (coverage, color) on paper in light that falls off, on a dark desk."""
    rng = np.random.default_rng(seed)
    light = np.linspace(1, fall, SHAPE[1])[np.newaxis, :, np.newaxis] * np.linspace(1, 0.9, SHAPE[0])[:, None, None]
    image = np.full((*SHAPE, 3), (0.9, 0.9, 0.86))
    for cover, color in things:
        image += cover[..., np.newaxis] * (np.array(color) - image)
    image *= light
    if desk:
        is_desk = np.ones(SHAPE, bool)
        is_desk[30:-25, 40:-30] = False
        image[is_desk] = (0.2, 0.14, 0.1)
    image = cv2.GaussianBlur(image, (0, 0), blur) + rng.normal(0, 0.01, image.shape)
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


LEAVES = [(150, 150, 60, 25), (300, 420, 40, 35), (120, 480, 14, 9), (380, 200, 8, 6)]
GREENS = [(0.1, 0.35, 0.1), (0.4, 0.45, 0.1), (0.5, 0.15, 0.1), (0.3, 0.3, 0.3)]


@pytest.mark.parametrize("desk", [True, False])
def test_areas_are_those_of_the_ellipses(desk):
    things = [(ellipse(leaf[:2], leaf[2:]), color) for leaf, color in zip(LEAVES, GREENS)]
    mask = segment_foreground(on_paper(things, desk=desk), "paper", min_fraction=0)
    n_labels, labels = cv2.connectedComponents(mask.view(np.uint8))
    assert n_labels - 1 == len(LEAVES)
    for row, col, long, short in LEAVES:
        area = np.count_nonzero(labels == labels[row, col])
        true = np.pi * long * short
        assert abs(area - true) < max(0.004 * true, 5)


def test_paper_without_anything_is_empty():
    assert not segment_foreground(on_paper([]), "paper", min_fraction=0).any()


def test_where_nothing_is_even_nothing_is_found():
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3)).astype(np.uint8)
    assert not segment_foreground(noise, "paper").any()


def test_an_object_at_the_border_of_the_image_is_kept_and_one_beyond_the_sheet_is_not():
    cover = ellipse((0, 300), (60, 30), angle=0)
    at_border = segment_foreground(on_paper([(cover, GREENS[0])], desk=False), "paper")
    assert abs(np.count_nonzero(at_border) - np.pi * 60 * 30 / 2) < 120  # half of it
    across_the_edge = segment_foreground(on_paper([(cover, GREENS[0])], desk=True), "paper")
    assert not across_the_edge.any()


def test_light_things_on_a_dark_cloth():
    cover = sum(ellipse((100 + 80 * k, 120 + 100 * k), (12, 8)) for k in range(4))
    image = np.full((*SHAPE, 3), 0.1)
    image += cover[..., np.newaxis] * (0.85 - image)
    image = np.rint(cv2.GaussianBlur(image, (0, 0), 1.0) * 255).astype(np.uint8)
    mask = segment_foreground(image, "paper", min_fraction=0)
    assert cv2.connectedComponents(mask.view(np.uint8))[0] - 1 == 4
    assert np.count_nonzero(mask) == pytest.approx(4 * np.pi * 12 * 8, rel=0.02)  # blur shrinks what is small


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("is_gray", [True, False])
def test_every_kind_of_image(dtype, is_gray):
    image = on_paper([(ellipse(LEAVES[0][:2], LEAVES[0][2:]), GREENS[0])])
    expected = segment_foreground(image[..., 1] if is_gray else image, "paper")
    given = image[..., 1] if is_gray else image
    given = {np.uint8: given, np.uint16: given.astype(np.uint16) * 257, np.float32: (given / 255).astype(np.float32)}
    mask = segment_foreground(given[dtype], "paper")
    assert np.count_nonzero(mask ^ expected) < 5
    assert abs(np.count_nonzero(mask) - np.pi * 60 * 25) < 30


def test_no_leaf_of_drawn_sheets_is_lost_and_areas_are_met():
    sheets = make_sheets(4, scale=("none", "sheet"), random_state=3)
    errors = []
    for number, image in enumerate(BackgroundRemover(method="paper", min_fraction=0).transform(sheets.images)):
        labels = cv2.connectedComponents(foreground_mask(image).view(np.uint8))[1]
        for leaf in np.flatnonzero(sheets.sheet == number):
            own = sheets.labels[number] == sheets.label[leaf]
            found = np.bincount(labels[own]).argmax()
            assert found > 0
            row, col = sheets.outlines[leaf].T
            area = abs(row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2
            errors.append(np.count_nonzero(labels == found) / area - 1)
    assert np.median(np.abs(errors)) < 0.005
    assert np.quantile(np.abs(errors), 0.95) < 0.04


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (2, 2), (7, 3)])
def test_tiny_images(shape):
    assert segment_foreground(np.full(shape, 200, np.uint8), "paper").shape == shape
