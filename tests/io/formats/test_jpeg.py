"""JPEG beyond 8 bits: 12 bits, lossless, JPEG-LS, by imagecodecs."""

import sys

import imagecodecs
import numpy as np
import pytest

from featkit import read_image
from featkit.exceptions import ImageReadError
from tests.io.image_files import as_stored, assert_is, exif_of

RAMP = np.linspace(0, 4095, 24 * 40).reshape(24, 40).astype(np.uint16)
FULL = np.rint(RAMP * (65535 / 4095)).astype(np.uint16)
COLORS = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


def with_exif(jpeg, orientation):
    content = b"Exif\0\0" + exif_of(orientation).tobytes().removeprefix(b"Exif\0\0")
    return jpeg[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + jpeg[2:]


def jpeg_ls(image):
    return imagecodecs.jpegls_encode(np.rint(image * (65535 / 4095)).astype(np.uint16))


FILES = {
    "12 bits": (lambda image: imagecodecs.jpeg8_encode(image, bitspersample=12, level=100), 16 * 8, "of 12 bits"),
    "lossless": (lambda image: imagecodecs.jpeg_encode(image, lossless=True, bitspersample=12), 1, "a lossless JPEG"),
    "JPEG-LS": (jpeg_ls, 1, "a JPEG-LS file"),
}


@pytest.mark.parametrize("name", FILES)
def test_deep_jpegs_are_full_range(name):
    encode, tolerance, _ = FILES[name]
    assert_is(read_image(encode(RAMP)), FULL, tolerance)


@pytest.mark.parametrize("name", ["lossless", "JPEG-LS"])
def test_deep_colors_keep_their_order(name):
    encode, tolerance, _ = FILES[name]
    assert_is(read_image(encode(COLORS)), np.rint(COLORS * (65535 / 4095)).astype(np.uint16), tolerance)


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("name", FILES)
def test_deep_jpegs_are_turned_upright(name, orientation):
    encode, tolerance, _ = FILES[name]
    assert_is(read_image(with_exif(encode(as_stored(RAMP, orientation)), orientation)), FULL, tolerance)


@pytest.mark.parametrize("name", FILES)
def test_without_imagecodecs_they_are_named(name, monkeypatch):
    encode, _, kind = FILES[name]
    data = encode(RAMP)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(ImageReadError, match=rf"It is .*{kind}.*\[formats\]"):
        read_image(data)


@pytest.mark.parametrize("name", FILES)
def test_the_size_is_checked_before_decoding(name, monkeypatch):
    data = FILES[name][0](RAMP)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(ImageReadError, match="max_pixels=959 pixels, got 24 x 40"):
        read_image(data, max_pixels=959)


@pytest.mark.parametrize("name", FILES)
def test_a_deep_jpeg_that_ends_too_early_is_refused(name):
    data = FILES[name][0](RAMP)
    with pytest.raises(ImageReadError, match="truncated"):
        read_image(data[: len(data) // 2])
