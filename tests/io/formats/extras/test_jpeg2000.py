"""JPEG 2000 files of every depth, with alpha and color space."""

import io

import imagecodecs
import numpy as np
import PIL.Image
import pytest

from featkit.exceptions import ImageReadError
from featkit.io import read_image


def scene(channels=3):
    rows, cols = np.linspace(0, 1, 48)[:, np.newaxis], np.linspace(0, 1, 64)[np.newaxis]
    planes = [rows + 0 * cols, cols + 0 * rows, (rows + cols) / 2, 0.2 + 0.8 * rows * cols][:channels]
    return np.dstack(planes) if channels > 1 else planes[0]


def jp2(pixels, **options):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG2000", irreversible=False, **options)
    return file.getvalue()


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("no_jp2", [False, True])
def test_8_bits_of_pillow_are_read_as_written(channels, no_jp2):
    pixels = np.rint(scene(channels) * 255).astype(np.uint8)
    np.testing.assert_array_equal(read_image(jp2(pixels, no_jp2=no_jp2)), pixels)


@pytest.mark.parametrize("n_bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["jp2", "j2k"])
def test_more_bits_keep_their_levels_and_white_is_full_light(n_bits, channels, kind):
    white = 2**n_bits - 1
    levels = np.rint(scene(channels) * white).astype(np.uint16)
    data = imagecodecs.jpeg2k_encode(levels, level=0, codecformat=kind, bitspersample=n_bits, reversible=True)
    np.testing.assert_array_equal(read_image(data), (levels.astype(np.uint32) * 65535 + white // 2) // white)


def test_gray_with_alpha_becomes_rgba():
    gray, alpha = (np.rint(scene(4)[..., channel] * 255).astype(np.uint8) for channel in (0, 3))
    file = io.BytesIO()
    PIL.Image.merge("LA", [PIL.Image.fromarray(gray), PIL.Image.fromarray(alpha)]).save(file, "JPEG2000")
    read = read_image(file.getvalue())
    np.testing.assert_array_equal(read, np.dstack([gray, gray, gray, alpha]))


def test_the_size_is_read_before_the_pixels():
    with pytest.raises(ImageReadError, match="at most max_pixels=100 pixels, got 48 x 64"):
        read_image(jp2(np.zeros((48, 64, 3), np.uint8)), max_pixels=100)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_truncated_file_is_refused(kept):
    data = jp2(np.random.default_rng(0).integers(0, 255, (48, 64, 3)).astype(np.uint8))
    with pytest.raises(ImageReadError, match="truncated|ends after it"):
        read_image(data[: int(len(data) * kept)])


def test_signed_samples_are_refused():
    data = bytearray(jp2(np.zeros((16, 16), np.uint8), no_jp2=True))
    assert data[42] == 7
    data[42] |= 0x80
    with pytest.raises(ImageReadError, match="unsigned"):
        read_image(bytes(data))
