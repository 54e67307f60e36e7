"""The preview in raw files of cameras: refused unless it is asked for, then the largest, upright and in sRGB."""

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from featkit import ImageReader, read_image
from featkit.exceptions import ImageReadError
from tests.io.corpus import TURNS
from tests.io.formats.raw import raw_files
from tests.io.icc_profiles import ADOBE, by_littlecms
from tests.io.image_files import SMOOTH, exif_of, with_pillow

BEST = {"quality": 95, "subsampling": 0}
PREVIEW, THUMBNAIL = with_pillow(SMOOTH, "JPEG", **BEST), with_pillow(SMOOTH[:8, :8], "JPEG", **BEST)
SHOWN = np.asarray(Image.open(io.BytesIO(PREVIEW)))
LOSSLESS = imagecodecs.ljpeg_encode(raw_files.MOSAIC)
FILES = {
    "CR2": lambda **more: raw_files.cr2(PREVIEW, THUMBNAIL, LOSSLESS, *SHOWN.shape[:2], **more),
    "NEF": lambda **more: raw_files.nef(PREVIEW, THUMBNAIL, **more),
    "NEF, little endian": lambda **more: raw_files.nef(PREVIEW, THUMBNAIL, order="<", **more),
    "ARW": lambda **more: raw_files.arw(PREVIEW, THUMBNAIL, **more),
    "DNG": lambda **more: raw_files.dng(PREVIEW, THUMBNAIL, *SHOWN.shape[:2], **more),
    "CR3": lambda **more: raw_files.cr3(THUMBNAIL, PREVIEW, 8, 8, **more),
    "CR3 without a JPEG of full size": lambda **more: raw_files.cr3(PREVIEW, b"", *SHOWN.shape[:2], **more),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_the_largest_preview_is_read_upright(name, orientation):
    found = read_image(FILES[name](orientation=orientation), raw_preview=True)
    np.testing.assert_array_equal(found, TURNS[orientation](SHOWN))


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_preview_of_fujifilm_tells_itself_how_it_is_turned(orientation):
    data = raw_files.raf(with_pillow(SMOOTH, "JPEG", exif=exif_of(orientation), **BEST))
    with pytest.raises(ImageReadError, match="raw file of a camera.*raw_preview=True"):
        read_image(data)
    np.testing.assert_array_equal(read_image(data, raw_preview=True), TURNS[orientation](SHOWN))


@pytest.mark.parametrize("name", FILES)
def test_without_being_asked_for_it_is_refused_with_the_ways_on(name):
    with pytest.raises(ImageReadError, match=r"raw .*of a camera.*rawpy\.imread.*raw_preview=True"):
        read_image(FILES[name]())


def test_a_preview_in_adobe_rgb_is_converted():
    found = read_image(FILES["CR2"](adobe_rgb=True), raw_preview=True)
    assert np.abs(found.astype(int) - by_littlecms(SHOWN, ADOBE)).max() <= 1
    assert np.abs(found.astype(int) - SHOWN).max() > 5
    ignored = read_image(FILES["CR2"](adobe_rgb=True), raw_preview=True, color_profile="ignore")
    np.testing.assert_array_equal(ignored, SHOWN)


def test_other_files_are_read_as_before():
    reader = ImageReader(raw_preview=True)
    files = [PREVIEW, with_pillow(SMOOTH, "PNG"), with_pillow(SMOOTH, "TIFF"), FILES["ARW"]()]
    for found, expected in zip(reader.fit_transform(files), (SHOWN, SMOOTH, SMOOTH, SHOWN)):
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ImageReadError, match="raw_preview=True"):
        ImageReader().fit_transform(files)


def test_limits_hold_and_what_is_no_preview_is_refused():
    with pytest.raises(ImageReadError, match="max_pixels=900"):
        read_image(FILES["NEF"](), raw_preview=True, max_pixels=900)
    with pytest.raises(ImageReadError, match="expected a JPEG preview"):
        read_image(raw_files.tiff([raw_files.mosaic()]), raw_preview=True)
    only_lossless = raw_files.cr2(LOSSLESS, b"no JPEG", LOSSLESS, 16, 24)
    with pytest.raises(ImageReadError, match="expected a JPEG preview"):
        read_image(only_lossless, raw_preview=True)
    for name in FILES:
        data = FILES[name]()
        for length in (20, 100, len(data) // 2, len(data) - 800):
            try:
                found = read_image(data[:length], raw_preview=True)
            except ImageReadError:
                continue
            assert any(np.array_equal(found, whole) for whole in (SHOWN, read_image(THUMBNAIL)))
