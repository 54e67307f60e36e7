import io
import sys

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401  # registers itself with Pillow
import pytest
from PIL import Image

from featkit import read_image
from featkit.exceptions import ImageReadError, ImageValueWarning
from featkit.io.formats.extras import jpegxl
from featkit.io.formats.extras._jpegxl_header import read_header
from featkit.io.formats.extras.jpegxl import _profile_of as color_space_of
from tests.io.formats.extras import jpegxl_files as files
from tests.io.icc_profiles import ADOBE, P3
from tests.io.image_files import GRAY, RGB, RGBA, SMOOTH, repeated, with_pillow

RNG = np.random.default_rng(0)


def written(pixels, **options):
    """imagecodecs calls what has more than 8 bits linear light."""
    return imagecodecs.jpegxl_encode(pixels, lossless=True, **options)


@pytest.mark.parametrize("container", [False, True])
def test_gray_color_and_alpha_of_8_bits(container):
    for pixels in (GRAY, RGB, RGBA):
        for data in (written(pixels, usecontainer=container), with_pillow_jxl(pixels, use_container=container)):
            found = read_image(data)
            assert found.dtype == np.uint8
            assert np.array_equal(found, pixels)
    assert np.array_equal(read_image(written(np.dstack([GRAY, GRAY[::-1]]))), repeated(GRAY, GRAY[::-1]))


def with_pillow_jxl(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JXL", lossless=True, **options)
    return file.getvalue()


@pytest.mark.parametrize("n_bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_white_of_any_depth_is_full_light(n_bits, shape):
    stored = RNG.integers(0, 2**n_bits, shape).astype(np.uint16)
    found = read_image(written(stored, bitspersample=n_bits), color_profile="ignore")
    assert found.dtype == np.uint16
    assert np.array_equal(found, np.rint(stored * (65535 / (2**n_bits - 1))))


def test_linear_light_is_encoded_as_srgb():
    light = RNG.random((5, 7, 3)).astype(np.float32)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(read_image(written(light)) - encoded).max() < 1e-6
    deep = np.rint(light * 65535).astype(np.uint16)
    assert np.abs(read_image(written(deep)) / 65535 - encoded).max() < 2e-4
    with pytest.raises(ImageReadError, match="expected pixels in sRGB"):
        read_image(written(deep), color_profile="raise")


def test_the_orientation_is_applied_once():
    """Of a PNG and a JPEG with EXIF orientation 6: cjxl keeps the tag beside the orientation of the codestream."""
    assert np.array_equal(read_image(files.UPRIGHT_FROM_6), np.rot90(RGB, -1))
    found = read_image(files.FROM_JPEG)
    assert found.shape == (40, 24, 3)
    assert np.abs(found.astype(int) - np.rot90(SMOOTH, -1)).max() <= 10


def test_an_exif_tag_without_an_orientation_of_the_codestream_does_not_count():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert np.array_equal(read_image(with_pillow_jxl(RGB, exif=exif.tobytes())), RGB)


def test_profiles_and_named_color_spaces_are_converted():
    truth = {name: read_image(with_pillow(SMOOTH, "PNG", icc_profile=icc)) for name, icc in (("P3", P3), ("A", ADOBE))}
    assert np.array_equal(read_image(files.P3_LOSSLESS), truth["P3"])
    assert np.array_equal(read_image(files.P3_LOSSLESS, color_profile="ignore"), SMOOTH)
    assert np.abs(read_image(files.P3_LOSSY).astype(int) - truth["P3"]).mean() < 1
    with pytest.warns(ImageValueWarning, match="8 bits of linear light"):
        lossy = read_image(files.ADOBE_LOSSY)
    is_bright = truth["A"] > 60
    assert np.abs(lossy.astype(int) - truth["A"])[is_bright].mean() < 1.5
    with pytest.raises(ImageReadError, match="not stored in the color space of its profile"):
        read_image(files.ADOBE_LOSSY, color_profile="ignore")


def test_an_animation_is_refused_since_its_last_frame_would_come():
    with pytest.raises(ImageReadError, match="animated JPEG XL"):
        read_image(files.ANIMATED)
    with pytest.raises(ImageReadError, match="of a JPEG XL file"):
        read_image(written(RGB), page=1)


def test_colors_multiplied_by_alpha_are_refused(monkeypatch):
    header = read_header(jpegxl.codestream_of(written(RGBA)))
    assert [is_premultiplied for _, is_premultiplied in header.extra_channels] == [False]
    multiplied = header._replace(extra_channels=[(kind, True) for kind, _ in header.extra_channels])
    monkeypatch.setattr(jpegxl, "read_header", lambda stream: multiplied)
    with pytest.raises(
        ImageReadError, match="colors are multiplied by its alpha, which is not undone here. Save it as"
    ):
        read_image(written(RGBA))


def codestream(*fields):
    """The header of a codestream of 8 x 8 pixels, from the specification: numbers and their bits."""
    value = position = 0
    for number, n_bits in [(1, 1), (0, 5), (1, 3), (0, 1), (0, 1), *fields]:
        value |= number << position
        position += n_bits
    return b"\xff\x0a" + value.to_bytes(40, "little")


def test_what_is_not_understood_is_refused():
    depth, rest = [(0, 1), (0, 2)], [(1, 1), (0, 1), (1, 1)]
    alpha = [(0, 1), (0, 2), (0, 1), (0, 2), (0, 2), (0, 2), (1, 1)]
    with pytest.raises(ImageReadError, match="multiplied by its alpha"):
        read_image(codestream(*depth, (1, 1), (1, 2), *alpha, *rest))
    with pytest.raises(ImageReadError, match="other channels"):
        read_image(imagecodecs.jpegxl_encode(np.zeros((3, 5, 7), np.uint8), photometric="gray", planar=True))


@pytest.mark.parametrize(("transfer", "message"), [(16, "PQ"), (18, "HLG"), (9, "not known here")])
def test_high_dynamic_range_and_unknown_codes_are_refused(transfer, message):
    code = [(2, 2), (transfer - 2, 4)] if transfer < 18 else [(3, 2), (transfer - 18, 6)]
    color = [(0, 1), (0, 1), (0, 2), (1, 2), (1, 2), (0, 1), *code]
    header = read_header(codestream((0, 1), (0, 2), (1, 1), (0, 2), (0, 1), *color))
    assert header.color.transfer == transfer
    with pytest.raises(ImageReadError, match=message):
        color_space_of(b"", header, "convert")


def test_primaries_and_gamma_are_read_from_their_bits():
    """Those of Adobe RGB, as cjxl writes them."""
    corners = [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)]
    numbers = [round(2e6 * value) for corner in corners for value in corner]
    custom = [field for number in numbers for field in custom_number(number)]
    color = [(0, 1), (0, 1), (0, 2), (1, 2), (2, 2), (0, 4), *custom, (1, 1), (4545455, 24)]
    found = read_header(codestream((0, 1), (0, 2), (1, 1), (0, 2), (0, 1), *color)).color
    assert found.chromaticities == pytest.approx((0.3127, 0.329, *(value for corner in corners for value in corner)))
    assert found.gamma == pytest.approx(1 / 2.2)


def custom_number(number):
    selector, offset, n_bits = next(
        way
        for way in ((0, 0, 19), (1, 1 << 19, 19), (2, 1 << 20, 20), (3, 1 << 21, 21))
        if number < way[1] + (1 << way[2])
    )
    return [(selector, 2), (number - offset, n_bits)]


def test_the_size_is_checked_before_anything_is_decoded(monkeypatch):
    data = written(RNG.integers(0, 256, (301, 400, 3)).astype(np.uint8))
    header = read_header(data if data[:2] == b"\xff\x0a" else data[data.index(b"\xff\x0a") :])
    assert (header.width, header.height) == (400, 301)
    monkeypatch.setattr(imagecodecs, "jpegxl_decode", None)
    with pytest.raises(ImageReadError, match="max_pixels=1000"):
        read_image(data, max_pixels=1000)


@pytest.mark.parametrize("size", [(8, 8), (8, 16), (9, 12), (40, 32), (300, 7), (1, 1), (513, 3), (256, 256)])
def test_sizes_of_every_kind_are_those_of_the_header(size):
    data = imagecodecs.jpegxl_encode(np.zeros(size, np.uint8), lossless=True, usecontainer=False)
    header = read_header(data)
    assert (header.height, header.width, header.n_bits) == (*size, 8)


def test_a_truncated_file_is_refused():
    for data in (written(RGB), written(RGB, usecontainer=True), files.P3_LOSSLESS):
        for length in range(12, len(data), max(1, len(data) // 25)):
            with pytest.raises(ImageReadError):
                read_image(data[:length])


def test_without_the_extra_the_way_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_jxl", None)
    with pytest.raises(ImageReadError, match=r"ICC profile.*featkit-images\[formats\]"):
        read_image(files.P3_LOSSLESS)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(ImageReadError, match=r"It is a JPEG XL file\..*featkit-images\[formats\]"):
        read_image(files.UPRIGHT_FROM_6)
