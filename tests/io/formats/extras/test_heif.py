"""HEIC files of 8 and 10 bits, with alpha, orientation and color space."""

import io

import numpy as np
import PIL.Image
import pillow_heif
import pytest

from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io import read_image
from tests.io.icc_profiles import P3, truth

NEAR = 3  # steps of 8 bits that the best quality may lose


def scene(channels=3):
    rows, cols = np.linspace(0, 1, 48)[:, np.newaxis], np.linspace(0, 1, 64)[np.newaxis]
    return np.dstack([rows + 0 * cols, cols + 0 * rows, (rows + cols) / 2, 0.2 + 0.8 * rows * cols][:channels])


def heic(pixels, **info):
    image = pillow_heif.from_pillow(PIL.Image.fromarray(pixels))
    image.info.update(info)
    file = io.BytesIO()
    image.save(file, quality=100, chroma=444)
    return file.getvalue()


@pytest.mark.parametrize("channels", [3, 4])
def test_8_bits_are_read_as_written(channels):
    pixels = np.rint(scene(channels) * 255).astype(np.uint8)
    read = read_image(heic(pixels))
    assert read.dtype == np.uint8
    assert np.abs(read.astype(int) - pixels).max() <= NEAR


def test_10_bits_keep_their_levels_and_white_is_full_light():
    pixels = np.rint(scene() * 65535).astype(np.uint16)
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (64, 48), pixels.tobytes()).save(file, quality=100, chroma=444)
    read = read_image(file.getvalue())
    assert read.dtype == np.uint16
    assert read.max() == 65535
    assert np.abs(read / 65535 - scene()).max() * 1023 <= 2 * NEAR


def test_a_turned_photo_of_a_phone_is_upright():
    pixels = np.rint(scene() * 255).astype(np.uint8)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    stored = PIL.Image.fromarray(pixels)
    stored.getexif()[0x0112] = 6
    file = io.BytesIO()
    pillow_heif.register_heif_opener()
    stored.save(file, "HEIF", quality=100, chroma=444, exif=exif.tobytes())  # writes the turn as irot
    upright = np.asarray(PIL.ImageOps.exif_transpose(stored))
    read = read_image(file.getvalue())
    assert read.shape == (64, 48, 3)
    assert np.abs(read.astype(int) - upright).max() <= NEAR


def test_a_profile_is_converted():
    pixels = np.rint(scene() * 80 + 100).astype(np.uint8)
    data = heic(pixels, icc_profile=P3, icc_profile_type="prof")
    assert np.abs(read_image(data).astype(float) - truth("Display P3", pixels)).max() <= 2 * NEAR
    assert np.abs(read_image(data, color_profile="ignore").astype(int) - pixels).max() <= NEAR


def test_of_several_images_the_primary_one_is_read_with_a_warning():
    file = io.BytesIO()
    images = pillow_heif.HeifFile()
    for level in (40, 200):
        images.add_from_pillow(PIL.Image.fromarray(np.full((32, 32, 3), level, np.uint8)))
    images.save(file, quality=100, primary_index=1)
    with pytest.warns(LeftOutWarning, match="primary one of 2 images"):
        assert abs(int(read_image(file.getvalue()).mean()) - 200) <= NEAR
    assert abs(int(read_image(file.getvalue(), page=0).mean()) - 40) <= NEAR
    with pytest.raises(ImageReadError, match="a page below 2"):
        read_image(file.getvalue(), page=2)


def test_the_size_is_read_before_the_pixels():
    with pytest.raises(ImageReadError, match="at most max_pixels=100 pixels, got 64 x 64"):
        read_image(heic(np.zeros((64, 64, 3), np.uint8)), max_pixels=100)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_file_is_refused(kept):
    data = heic(np.rint(scene() * 255).astype(np.uint8))
    with pytest.raises(ImageReadError):
        read_image(data[: int(len(data) * kept)])


def test_without_the_package_the_extra_is_named(monkeypatch):
    data = heic(np.zeros((48, 64, 3), np.uint8))
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(ImageReadError, match=r'HEIC/HEIF.*pip install "featkit-images\[formats\]"'):
        read_image(data)
