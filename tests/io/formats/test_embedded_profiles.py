"""Every kind of file hands on its color profile."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from featkit import read_image
from featkit.exceptions import ImageValueWarning
from tests.io.icc_profiles import ADOBE, GRAY_18, P3, assert_near, by_littlecms, encoded_srgb, iccp, truth, webp
from tests.io.image_files import (
    DEEP_RGB,
    GRAY,
    RAMP,
    RGB,
    SMOOTH,
    bmp_of_version_5,
    exif_of,
    palette_image,
    png_of_words,
    with_pillow,
    with_tifffile,
)

EXACT = {
    "png": (with_pillow(RGB, "PNG", icc_profile=P3), RGB),
    "png 16 bits": (png_of_words(DEEP_RGB, 2, iccp(P3)), DEEP_RGB),
    "tiff": (with_tifffile(RGB, photometric="rgb", iccprofile=P3), RGB),
    "tiff 16 bits": (with_tifffile(DEEP_RGB, photometric="rgb", iccprofile=P3), DEEP_RGB),
    "tiff by Pillow": (with_pillow(RGB, "TIFF", compression="tiff_lzw", icc_profile=P3), RGB),
    "webp": (webp(RGB, P3), RGB),
    "image of Pillow": (Image.open(io.BytesIO(with_pillow(RGB, "PNG", icc_profile=P3))), RGB),
    "palette": (
        with_pillow(palette_image(), "PNG", icc_profile=P3),
        np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90], [100, 110, 120]], np.uint8)[GRAY % 4],
    ),
}


@pytest.mark.parametrize("name", EXACT)
def test_every_container_hands_on_its_profile(name):
    source, stored = EXACT[name]
    assert_near(read_image(source), truth("Display P3", stored), 1 if stored.dtype == np.uint8 else 8)
    np.testing.assert_array_equal(read_image(source, color_profile="ignore"), stored)


def test_an_animation_hands_on_its_profile():
    frames = [Image.fromarray(RGB), Image.fromarray(RGB[::-1])]
    options = {"save_all": True, "append_images": frames[1:], "icc_profile": P3}
    for data in (with_pillow(frames[0], "PNG", **options), webp(frames[0], **options)):
        assert_near(read_image(data, page=1)[..., :3], truth("Display P3", RGB[::-1]), 1)


def test_jpeg_with_a_profile_in_several_segments():
    long = P3[:4].replace(P3[:4], struct.pack(">I", len(P3) + 150_000)) + P3[4:] + bytes(150_000)
    for profile in (P3, long):
        data = with_pillow(SMOOTH, "JPEG", quality=100, subsampling=0, icc_profile=profile)
        plain = read_image(data, color_profile="ignore")
        assert_near(plain, SMOOTH, 4)
        assert_near(read_image(data), truth("Display P3", plain), 1)
    assert data.count(b"ICC_PROFILE\0") == 3


def test_jpeg_at_half_size_and_gray():
    big = SMOOTH.repeat(4, 0).repeat(4, 1)
    data = with_pillow(big, "JPEG", quality=100, subsampling=0, icc_profile=P3)
    plain = read_image(data, min_size=40, color_profile="ignore")
    assert plain.shape == (48, 80, 3)
    assert_near(read_image(data, min_size=40), truth("Display P3", plain), 1)
    gray = with_pillow(RAMP, "JPEG", quality=100, icc_profile=GRAY_18)
    assert_near(read_image(gray), 255 * encoded_srgb((read_image(gray, color_profile="ignore") / 255) ** 1.8), 1)


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_lying_image_is_converted_and_turned(orientation):
    for data in (
        with_pillow(RGB, "PNG", icc_profile=P3, exif=exif_of(orientation)),
        webp(RGB, P3, exif=exif_of(orientation)),
    ):
        plain = read_image(data, color_profile="ignore")
        assert plain.shape == ((7, 5, 3) if orientation == 6 else (5, 7, 3))
        assert_near(read_image(data), truth("Display P3", plain), 1)


def test_each_page_of_a_tiff_has_its_own_profile():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(RGB, photometric="rgb", iccprofile=P3, metadata=None)
        writer.write(RGB, photometric="rgb", metadata=None)
    assert_near(read_image(file.getvalue(), page=0), truth("Display P3", RGB), 1)
    np.testing.assert_array_equal(read_image(file.getvalue(), page=1), RGB)


@pytest.mark.parametrize("index", ["R98", "R03", "R03\0", None])
def test_adobe_rgb_that_only_exif_metadata_name_is_converted(index):
    exif = Image.Exif()
    exif[0x0112] = 6
    if index is not None:
        exif.get_ifd(0x8769)[0xA005] = {1: index, 2: b"0100"}
    options = {"quality": 100, "subsampling": 0}
    plain, data = with_pillow(SMOOTH, "JPEG", **options), with_pillow(SMOOTH, "JPEG", exif=exif, **options)
    stored = np.rot90(read_image(plain), -1)
    expected = by_littlecms(stored, ADOBE) if str(index).startswith("R03") else stored
    assert np.abs(read_image(data).astype(int) - expected).max() <= 1
    assert np.abs(read_image(Image.open(io.BytesIO(data))).astype(int) - expected).max() <= 2
    np.testing.assert_array_equal(read_image(data, color_profile="ignore"), stored)
    own = with_pillow(SMOOTH, "JPEG", exif=exif, icc_profile=P3, **options)  # goes before
    assert np.abs(read_image(own).astype(int) - by_littlecms(stored, P3)).max() <= 1


def test_the_profile_behind_a_bmp_of_version_5_is_applied():
    np.testing.assert_array_equal(read_image(bmp_of_version_5(SMOOTH, b"", kind=b"BGRs")), SMOOTH)
    data = bmp_of_version_5(SMOOTH, P3)
    assert_near(read_image(data), by_littlecms(SMOOTH, P3), 1)
    np.testing.assert_array_equal(read_image(data, color_profile="ignore"), SMOOTH)
    with pytest.warns(ImageValueWarning, match="it is broken"):
        np.testing.assert_array_equal(read_image(data[:-200]), SMOOTH)


@pytest.mark.parametrize("profile", [P3, ADOBE], ids=["Display P3", "Adobe RGB"])
@pytest.mark.parametrize("n_channels", [3, 4])
@pytest.mark.parametrize("is_top_down", [False, True])
def test_the_profile_behind_a_bmp_of_any_layout_is_applied(profile, n_channels, is_top_down):
    image = SMOOTH[:, :-1]  # rows of 24 bits are padded
    data = bmp_of_version_5(image, profile, n_channels=n_channels, is_top_down=is_top_down)
    np.testing.assert_array_equal(read_image(data, color_profile="ignore"), image)
    assert_near(read_image(data), by_littlecms(np.ascontiguousarray(image), profile), 1)
