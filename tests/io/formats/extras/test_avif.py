"""AVIF files of every depth, with alpha, orientation and color space."""

import io

import imagecodecs
import numpy as np
import PIL.Image
import pytest

from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io import read_image
from tests.io.icc_profiles import P3, truth

NEAR = 3  # steps of 8 bits that the best quality may lose
ORIENTATION = 0x0112


def scene(channels=3):
    rows, cols = np.linspace(0, 1, 48)[:, np.newaxis], np.linspace(0, 1, 64)[np.newaxis]
    planes = [rows + 0 * cols, cols + 0 * rows, (rows + cols) / 2, 0.2 + 0.8 * rows * cols][:channels]
    return np.dstack(planes) if channels > 1 else planes[0]


def avif(pixels, **options):
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "AVIF", quality=100, subsampling="4:4:4", **options)
    return file.getvalue()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_8_bits_are_read_as_written(channels):
    pixels = np.rint(scene(channels) * 255).astype(np.uint8)
    read = read_image(avif(pixels))
    expected = pixels if channels > 1 else np.dstack([pixels] * 3) if read.ndim == 3 else pixels
    assert read.dtype == np.uint8
    assert np.abs(read.astype(int) - expected).max() <= NEAR


@pytest.mark.parametrize("n_bits", [10, 12])
def test_more_bits_keep_their_levels_and_white_is_full_light(n_bits):
    levels = np.rint(scene() * (2**n_bits - 1)).astype(np.uint16)
    read = read_image(imagecodecs.avif_encode(levels, level=100, bitspersample=n_bits, pixelformat="444"))
    assert read.dtype == np.uint16
    assert read.max() == 65535
    off = np.abs(read / 65535 - levels / (2**n_bits - 1)) * (2**n_bits - 1)
    assert off.max() <= NEAR
    assert len(np.unique(read)) > 300


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(orientation):
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = orientation
    pixels = np.rint(scene() * 255).astype(np.uint8)
    data = avif(pixels, exif=exif)
    stored = PIL.Image.fromarray(pixels)
    stored.getexif()[ORIENTATION] = orientation
    upright = np.asarray(PIL.ImageOps.exif_transpose(stored))
    read = read_image(data)
    assert read.shape == upright.shape
    assert np.abs(read.astype(int) - upright).max() <= NEAR


def test_a_profile_is_converted():
    pixels = np.rint(scene() * 80 + 100).astype(np.uint8)
    data = avif(pixels, icc_profile=P3)
    assert np.abs(read_image(data).astype(float) - truth("Display P3", pixels)).max() <= 2 * NEAR
    assert np.abs(read_image(data, color_profile="ignore").astype(int) - pixels).max() <= NEAR


@pytest.mark.parametrize(("primaries", "transfer", "name"), [(12, 13, "Display P3"), (1, 13, None)])
def test_a_named_color_space_is_converted(primaries, transfer, name):
    pixels = np.rint(scene() * 80 + 100).astype(np.uint8)
    data = with_code_points(avif(pixels), primaries, transfer)
    expected = pixels if name is None else truth(name, pixels)
    assert np.abs(read_image(data).astype(float) - expected).max() <= 2 * NEAR
    assert np.abs(read_image(data, color_profile="ignore").astype(int) - pixels).max() <= NEAR


def test_a_high_dynamic_range_is_refused():
    data = with_code_points(avif(np.rint(scene() * 255).astype(np.uint8)), 9, 16)
    with pytest.raises(ImageReadError, match=r"high dynamic range \(PQ\)"):
        read_image(data)


def with_code_points(data, primaries, transfer):
    place = data.index(b"nclx") + 4
    return data[:place] + primaries.to_bytes(2, "big") + transfer.to_bytes(2, "big") + data[place + 4 :]


def test_of_an_animation_the_first_frame_is_read_with_a_warning():
    frames = [PIL.Image.fromarray(np.full((16, 16, 3), level, np.uint8)) for level in (50, 150)]
    file = io.BytesIO()
    frames[0].save(file, "AVIF", quality=100, save_all=True, append_images=frames[1:])
    with pytest.warns(LeftOutWarning, match="first frame"):
        assert abs(int(read_image(file.getvalue()).mean()) - 50) <= NEAR
    assert abs(int(read_image(file.getvalue(), page=1).mean()) - 150) <= NEAR


def test_the_size_is_read_before_the_pixels():
    with pytest.raises(ImageReadError, match="at most max_pixels=100 pixels, got 48 x 64"):
        read_image(avif(np.zeros((48, 64, 3), np.uint8)), max_pixels=100)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_refused(kept):
    data = avif(np.rint(scene() * 255).astype(np.uint8))
    with pytest.raises(ImageReadError):
        read_image(data[: int(len(data) * kept)])
