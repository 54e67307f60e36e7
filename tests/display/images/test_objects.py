"""Outline, number, length and width of every object, and the scale, are drawn where they are."""

import numpy as np
import pytest

from featkit import find_objects, measure_photo
from featkit.display import ObjectsDisplay
from featkit.display.images.objects import COLORS
from featkit.exceptions import ImageFormatError
from featkit.scale import Scale


@pytest.fixture
def photo():
    image = np.full((800, 1000, 3), 235, np.uint8)
    image[300:400, 200:600] = image[600:640, 800:840] = 60
    return image


def places_of(drawing, name):
    """Rows and columns of the pixels of a colour."""
    return np.nonzero((np.abs(drawing.astype(int) - COLORS[name]) <= 3).all(axis=2))


def test_lines_lie_on_the_object(photo):
    found = find_objects(mask=photo[..., 0] < 100)
    drawing = ObjectsDisplay(photo, found, longest_side=1000).drawing
    head = drawing.shape[0] - 800
    assert head > 0
    rows, cols = places_of(drawing[head:], "outline")
    assert abs(rows.min() - 300) <= 2
    assert abs(rows.max() - 639) <= 2
    assert abs(cols.min() - 200) <= 4
    assert abs(cols.max() - 839) <= 2
    rows, cols = places_of(drawing[head:500], "length")  # the diagonal of the large one
    assert np.ptp(cols) == pytest.approx(400, abs=8)
    assert np.ptp(rows) == pytest.approx(100, abs=8)
    rows, cols = places_of(drawing[head:500], "width")  # straight across it
    assert np.ptp(rows) == pytest.approx(100, abs=8)
    assert np.ptp(cols) <= 8


@pytest.mark.parametrize(("shape", "size"), [((3000, 4000), 1600), ((100, 80), 400), ((1, 1), 4)])
def test_drawings_are_of_one_size_whatever_the_photo(shape, size):
    mask = np.zeros(shape, bool)
    mask[: shape[0] // 2 + 1, : shape[1] // 2 + 1] = True
    drawing = ObjectsDisplay(mask, find_objects(mask=mask)).drawing
    assert drawing.dtype == np.uint8
    assert drawing.shape[1] == round(shape[1] * size / max(shape))


def test_the_scale_is_drawn_and_told(photo):
    found = find_objects(mask=photo[..., 0] < 100)
    outline = np.array([(100, 700), (100, 900), (200, 900), (200, 700)], float)
    scale = Scale("ruler", (0.05, 0.05), "mm", (800, 1000), outlines=(outline,), error=0.003, tilt_error=0.02)
    display = ObjectsDisplay(photo, found, scale, longest_side=1000)
    drawing = display.drawing
    rows, cols = places_of(drawing[drawing.shape[0] - 800 :], "scale")
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == pytest.approx((100, 200, 700, 900), abs=3)
    assert places_of(drawing[: drawing.shape[0] - 800], "scale")[0].size > 0  # its value, above the photo
    missing = ObjectsDisplay(photo, found, warning="No scale: it is hidden").drawing
    assert places_of(missing[:40], "missing")[0].size > 0


@pytest.mark.parametrize("mask", ["pixel", "line", "diagonal", "nothing"])
def test_degenerate_objects_are_drawn(mask):
    masks = {name: np.zeros((40, 60), bool) for name in ("pixel", "line", "diagonal", "nothing")}
    masks["pixel"][20, 30] = masks["line"][20, 10:40] = True
    masks["diagonal"][np.arange(5, 20), np.arange(5, 20)] = True
    drawing = ObjectsDisplay(masks[mask], find_objects(mask=masks[mask])).drawing
    drawn = sum(places_of(drawing[40:], name)[0].size for name in ("outline", "length", "width"))
    assert (drawn > 0) == (mask != "nothing")


def test_a_measured_photo_is_drawn_on_axes(photo):
    display = ObjectsDisplay.from_photo(measure_photo(photo, scale=0.1))
    assert display.ax_.images[0].get_array().shape == display.drawing.shape
    assert display._repr_png_().startswith(b"\x89PNG")


def test_an_image_of_another_size_is_refused(photo):
    with pytest.raises(ImageFormatError, match="objects' image"):
        ObjectsDisplay(photo[:100], find_objects(mask=photo[..., 0] < 100))
