"""JPEG beyond 8 bits: 12 bits, lossless, JPEG-LS, by imagecodecs; and 8 bits by simplejpeg."""

import sys

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image

from featkit import read_image
from featkit.exceptions import ImageReadError
from featkit.io.formats import jpeg
from featkit.io.formats.pixels import opencv_pixels
from tests.io.image_files import SMOOTH, as_stored, assert_is, exif_of, with_pillow

RAMP = np.linspace(0, 4095, 24 * 40).reshape(24, 40).astype(np.uint16)
FULL = np.rint(RAMP * (65535 / 4095)).astype(np.uint16)
COLORS = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], axis=2)


def with_exif(data, orientation):
    content = b"Exif\0\0" + exif_of(orientation).tobytes().removeprefix(b"Exif\0\0")
    return data[:2] + b"\xff\xe1" + (len(content) + 2).to_bytes(2, "big") + content + data[2:]


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


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("is_progressive", [False, True])
def test_simplejpeg_gives_what_opencv_gives(quality, subsampling, is_progressive):
    pixels = np.random.default_rng(0).integers(0, 256, (61, 83, 3)).astype(np.uint8)
    data = with_pillow(pixels, "JPEG", quality=quality, subsampling=subsampling, progressive=is_progressive)
    ours = jpeg._turbo_pixels(data, jpeg.frame_of(data))
    assert np.array_equal(ours, opencv_pixels(data, cv2.IMREAD_COLOR))
    assert np.array_equal(ours, read_image(data))
    gray = with_pillow(pixels[..., 0], "JPEG", quality=quality, progressive=is_progressive)
    ours = jpeg._turbo_pixels(gray, jpeg.frame_of(gray))
    assert ours.shape == (61, 83)
    assert np.array_equal(ours, opencv_pixels(gray, cv2.IMREAD_GRAYSCALE))


def test_what_is_turned_or_damaged_is_left_to_opencv(monkeypatch):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = with_pillow(SMOOTH, "JPEG", exif=exif.tobytes())
    damaged = bytearray(with_pillow(SMOOTH, "JPEG"))
    damaged[-40:-30] = bytes(10)
    for data in (turned, bytes(damaged)):
        assert jpeg._turbo_pixels(data, jpeg.frame_of(data)) is None
    monkeypatch.setattr(jpeg, "_simplejpeg", lambda: None)
    data = with_pillow(SMOOTH, "JPEG")
    assert jpeg._turbo_pixels(data, jpeg.frame_of(data)) is None
    assert np.array_equal(read_image(data), opencv_pixels(data, cv2.IMREAD_COLOR))
