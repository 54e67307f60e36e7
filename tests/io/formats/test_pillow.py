"""Pillow images of every mode."""

import io

import numpy as np
import pytest
from PIL import Image

from featkit import read_image
from tests.io.image_files import (
    BITS,
    DEEP_GRAY,
    FLOAT,
    GRAY,
    INK,
    LIGHT,
    OPAQUE,
    PALETTE,
    RGB,
    RGBA,
    SIDES,
    SMOOTH,
    as_stored,
    assert_is,
    exif_of,
    palette_image,
    repeated,
    with_pillow,
)

PILLOW_IMAGES = {
    "1": (Image.fromarray(BITS), np.where(BITS, 255, 0).astype(np.uint8)),
    "L": (Image.fromarray(GRAY), GRAY),
    "P": (palette_image(), PALETTE),
    "P, transparent": (palette_image(1), np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)])),
    "PA": (palette_image(1).convert("PA"), np.dstack([PALETTE, np.where(GRAY % 4 == 1, 0, 255).astype(np.uint8)])),
    "LA": (Image.fromarray(RGBA[..., 2:], "LA"), repeated(RGBA[..., 2], RGBA[..., 3])),
    "La": (Image.fromarray(np.dstack([GRAY, OPAQUE]), "LA").convert("La"), repeated(GRAY, OPAQUE[..., 0])),
    "RGB": (Image.fromarray(RGB), RGB),
    "RGBA": (Image.fromarray(RGBA), RGBA),
    "RGBa": (Image.fromarray(np.dstack([RGB, OPAQUE])).convert("RGBa"), np.dstack([RGB, OPAQUE])),
    "RGBX": (Image.fromarray(RGB).convert("RGBX"), RGB),
    "CMYK": (Image.fromarray(INK, "CMYK"), LIGHT),
    "I;16": (Image.fromarray(DEEP_GRAY), DEEP_GRAY),
    "I;16B": (Image.frombytes("I;16B", (7, 5), DEEP_GRAY.astype(">u2").tobytes()), DEEP_GRAY),
    "I": (Image.fromarray(DEEP_GRAY.astype(np.int32)), DEEP_GRAY),
    "F": (Image.fromarray(FLOAT.astype(np.float32)), FLOAT.astype(np.float32)),
}


@pytest.mark.parametrize("mode", PILLOW_IMAGES)
def test_every_mode_of_a_pillow_image(mode):
    image, expected = PILLOW_IMAGES[mode]
    assert image.mode == mode.split(",")[0]
    before = image.tobytes()
    assert_is(read_image(image), expected)
    assert image.tobytes() == before


@pytest.mark.parametrize("mode", ["YCbCr", "HSV"])
def test_other_colour_models_of_pillow_become_rgb(mode):
    assert_is(read_image(Image.fromarray(SMOOTH).convert(mode)), SMOOTH, tolerance=8)


def test_orientation_of_an_opened_pillow_image():
    for orientation in SIDES:
        data = with_pillow(as_stored(RGB, orientation), "PNG", exif=exif_of(orientation))
        np.testing.assert_array_equal(read_image(Image.open(io.BytesIO(data))), RGB)
