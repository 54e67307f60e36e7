"""WebP files: lossy, lossless, animated."""

import numpy as np
import pytest

from featkit import read_image
from featkit.exceptions import ImageReadError
from featkit.io.formats.checks import Wanted
from featkit.io.formats.webp import decode_webp
from tests.io.image_files import RGB, RGBA, SMOOTH, as_stored, assert_is, exif_of, two_frames, with_pillow

WANTED = Wanted(None, 10**6, None)
KINDS = {  # of the first chunk
    b"VP8L": with_pillow(RGB, "WEBP", lossless=True),
    b"VP8 ": with_pillow(SMOOTH, "WEBP", quality=90),
    b"VP8X": with_pillow(RGB, "WEBP", lossless=True, exif=exif_of(1)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_read_from_headers_of_every_kind(kind):
    data = KINDS[kind]
    assert data[12:16] == kind
    height, width = decode_webp(data, WANTED).pixels.shape[:2]
    decode_webp(data, WANTED._replace(max_pixels=height * width))
    with pytest.raises(ImageReadError, match=f"got {height} x {width} = {height * width}"):
        decode_webp(data, WANTED._replace(max_pixels=height * width - 1))


@pytest.mark.parametrize("size", [(1, 300), (257, 2), (1000, 3)])
@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"quality": 50, "exif": exif_of(1)}])
def test_sizes_beyond_a_byte_are_read_right(size, options):
    data = with_pillow(np.zeros((*size, 3), np.uint8), "WEBP", **options)
    with pytest.raises(ImageReadError, match=f"got {size[0]} x {size[1]} ="):
        decode_webp(data, WANTED._replace(max_pixels=1))


def test_lossless_pixels_are_those_that_were_written():
    np.testing.assert_array_equal(decode_webp(KINDS[b"VP8L"], WANTED).pixels, RGB)
    exact = with_pillow(RGBA, "WEBP", lossless=True, exact=True)
    np.testing.assert_array_equal(decode_webp(exact, WANTED).pixels, RGBA)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_in_the_exif_chunk_counts(orientation):
    data = with_pillow(as_stored(RGB, orientation), "WEBP", lossless=True, exif=exif_of(orientation))
    np.testing.assert_array_equal(decode_webp(data, WANTED).pixels, RGB)


def test_of_an_animation_one_frame_is_read_and_the_rest_told():
    data = two_frames("WEBP")
    first, second = decode_webp(data, WANTED), decode_webp(data, WANTED._replace(page=1))
    assert "the first frame of an animation" in first.left_out
    assert first.pixels.min() > 250
    assert second.pixels.max() < 5
    assert second.left_out == ""
    with pytest.raises(ImageReadError, match="below 2"):
        decode_webp(data, WANTED._replace(page=2))


def test_a_page_of_a_still_image_is_refused():
    with pytest.raises(ImageReadError, match="page=1 of a WebP file"):
        decode_webp(KINDS[b"VP8L"], WANTED._replace(page=1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_ends_too_early_is_refused(kind):
    with pytest.raises(ImageReadError, match="whole WebP file.*header announces"):
        decode_webp(KINDS[kind][:-2], WANTED)


def test_damaged_exif_leaves_the_pixels_as_they_are():
    data = with_pillow(RGB, "WEBP", lossless=True, exif=exif_of(6))
    at = data.index(b"EXIF") + 8
    damaged = data[:at] + bytes(len(data) - at)
    np.testing.assert_array_equal(decode_webp(damaged, WANTED).pixels, RGB)


# What is decoded is as large as what the limit is compared with

ANIMATED = two_frames("WEBP")
LOSSLESS = with_pillow(RGB, "WEBP", lossless=True, exact=True)
LOSSY = with_pillow(SMOOTH, "WEBP")
EXTENDED = with_pillow(RGB, "WEBP", lossless=True, exact=True, icc_profile=b"", xmp=b"<x/>")


def changed(data, at, content):
    return data[:at] + content + data[at + len(content) :]


def test_the_three_kinds_are_read():
    assert (LOSSLESS[12:16], LOSSY[12:16], EXTENDED[12:16]) == (b"VP8L", b"VP8 ", b"VP8X")
    assert_is(read_image(LOSSLESS), RGB)
    assert_is(read_image(EXTENDED), RGB)
    assert read_image(LOSSY).shape == SMOOTH.shape


@pytest.mark.parametrize("data", [LOSSLESS, LOSSY, EXTENDED, ANIMATED])
def test_another_kind_is_refused(data):
    for kind in (b"ALPH", b"VP8Y", b"vp8l", b"\0\0\0\0"):
        with pytest.raises(ImageReadError, match="expected a WebP file of the kind VP8, VP8L or VP8X, got b"):
            read_image(changed(data, 12, kind))


def test_a_chunk_that_is_another_than_it_says_is_refused():
    for data, kind in ((LOSSLESS, b"VP8 "), (LOSSY, b"VP8L")):
        with pytest.raises(ImageReadError, match="expected a chunk .* with its signature"):
            read_image(changed(data, 12, kind))


def test_the_image_in_an_extended_file_is_as_large_as_its_header_says():
    with pytest.raises(ImageReadError, match="expected an image of 5 x 2 pixels as the header .* says, got 5 x 7"):
        read_image(changed(EXTENDED, 24, b"\1\0\0"))
