import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from featkit import ImageReader, read_image
from featkit.exceptions import ImageReadError, LeftOutWarning
from tests.io.image_files import with_tifffile

RNG = np.random.default_rng(0)
NAMES = ["DAPI", "GFP", "RFP", "Cy5", "phase"]
STACK = RNG.integers(0, 65536, (2, 3, 4, 5, 7)).astype(np.uint16)  # TCZYX


def ome(pixels, axes, **options):
    n_channels = pixels.shape[axes.index("C")] if "C" in axes else 1
    metadata = {"axes": axes, "Channel": {"Name": NAMES[:n_channels]}}
    return with_tifffile(pixels, ome=True, photometric="minisblack", metadata=metadata, **options)


def imagej(pixels, axes):
    return with_tifffile(pixels, imagej=True, metadata={"axes": axes})


@pytest.mark.parametrize(("axes", "index"), [("CYX", (0, slice(None), 0)), ("ZCYX", 0), ("TCZYX", ())])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_channel_of_an_ome_tiff_is_read_by_name_or_number(axes, index, compression):
    pixels = STACK[0].swapaxes(0, 1) if axes == "ZCYX" else STACK[index]
    data = ome(pixels, axes, compression=compression)
    page = None if axes == "CYX" else 0
    for channel in (1, "GFP", "gfp"):
        expected = pixels[(0,) * axes.index("C") + (1,) + (0,) * (len(axes) - axes.index("C") - 3)]
        assert np.array_equal(read_image(data, channel=channel, page=page), expected)


def test_three_channels_become_rgb_in_the_order_asked_for():
    data = ome(STACK[0, :, 0], "CYX")
    expected = np.stack([STACK[0, 2, 0], STACK[0, 1, 0], STACK[0, 0, 0]], axis=2)
    assert np.array_equal(read_image(data, channel=("RFP", "GFP", "DAPI")), expected)
    assert np.array_equal(ImageReader(channels=[2, 1, 0]).transform([data])[0], expected)
    dark = read_image(data, channel=(None, "GFP", None))
    assert (dark[..., [0, 2]] == 0).all()
    assert np.array_equal(dark[..., 1], STACK[0, 1, 0])


@pytest.mark.parametrize("write", [ome, lambda pixels, axes: imagej(pixels.swapaxes(1, 2), "TZCYX")])
@pytest.mark.parametrize("how", ["max", "mean"])
def test_depth_is_projected_for_each_time(write, how):
    data = write(STACK, "TCZYX")
    for time in (0, 1):
        planes = STACK[time, 1]
        expected = planes.max(axis=0) if how == "max" else np.rint(planes.mean(axis=0))
        assert np.array_equal(read_image(data, channel=1, projection=how, page=time), expected)
    with pytest.raises(ImageReadError, match="expected a page below 2"):
        read_image(data, channel=1, projection=how, page=2)


def test_pages_count_what_remains_and_what_is_left_out_is_said():
    data = ome(STACK, "TCZYX")
    assert np.array_equal(read_image(data, channel=2, page=5), STACK[1, 2, 1])
    assert np.array_equal(read_image(data, projection="max", page=4), STACK[1, 1].max(axis=0))
    with pytest.warns(LeftOutWarning, match=r"only the first of 8 images \(axes TZ\)"):
        assert np.array_equal(read_image(data, channel=2), STACK[0, 2, 0])


def test_the_sharpest_plane_is_one_plane_for_all_three_channels():
    pixels = np.full((4, 3, 16, 16), 100, np.uint8)
    pixels[2, 1] = RNG.integers(0, 256, (16, 16))
    found = read_image(ome(pixels, "ZCYX"), channel=(0, 1, 2), projection="sharpest")
    assert np.array_equal(found, np.moveaxis(pixels[2], 0, 2))


def test_pages_without_named_axes_can_be_projected_but_have_no_channels():
    for options in ({}, {"metadata": None}):
        data = with_tifffile(STACK[0, 0], photometric="minisblack", **options)
        assert np.array_equal(read_image(data, projection="max"), STACK[0, 0].max(axis=0))
        with pytest.raises(ImageReadError, match="expected a channel below 1"):
            read_image(data, channel=1, page=0)
    with pytest.raises(ImageReadError, match="an axis Z"):
        read_image(ome(STACK[:, :, 0], "TCYX"), projection="max", channel=0)


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_page_of_many_channels_is_read_by_channel(planarconfig, dtype):
    pixels = (RNG.random((5, 7, 6)) * (1 if dtype == np.float32 else np.iinfo(dtype).max)).astype(dtype)
    stored = pixels if planarconfig == "contig" else np.moveaxis(pixels, 2, 0)
    for metadata in ({}, None):
        data = with_tifffile(stored, photometric="minisblack", planarconfig=planarconfig, metadata=metadata)
        assert np.array_equal(read_image(data, channel=4), pixels[..., 4])
        assert np.array_equal(read_image(data, channel=(5, 0, 3)), pixels[..., [5, 0, 3]])
        with pytest.raises(ImageReadError, match="channel=0"):
            read_image(data)


def test_bands_are_called_as_gdal_calls_them():
    pixels = RNG.integers(0, 256, (5, 7, 5)).astype(np.uint8)
    items = '<Item name="DESCRIPTION" sample="3" role="description">NIR</Item>'
    tag = (42112, "s", 0, f"<GDALMetadata>{items}</GDALMetadata>", True)
    data = with_tifffile(pixels, photometric="minisblack", planarconfig="contig", extratags=[tag], metadata=None)
    assert np.array_equal(read_image(data, channel="NIR"), pixels[..., 3])


def test_channels_of_rgb_pages_and_of_other_files_are_its_colors():
    rgb = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
    png = io.BytesIO()
    Image.fromarray(rgb).save(png, "PNG")
    for data in (with_tifffile(rgb, photometric="rgb"), png.getvalue(), Image.fromarray(rgb)):
        assert np.array_equal(read_image(data, channel="green"), rgb[..., 1])
    with pytest.raises(ImageReadError, match="expected a stack of planes"):
        read_image(png.getvalue(), projection="max")


def test_planes_that_imagej_writes_behind_one_page_are_read():
    """Stacks above 4 GB have a single page; made of a small one by cutting its chain of pages."""
    data = bytearray(imagej(STACK[0, 0], "ZYX"))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        page = file.pages.first
        entry = page.offset + 2 + 12 * len(page.tags)
    data[entry : entry + 4] = bytes(4)  # no next page
    whole = bytes(data)
    with tifffile.TiffFile(io.BytesIO(whole)) as file:
        assert len(file.pages) == 1
    assert np.array_equal(read_image(whole, projection="max"), STACK[0, 0].max(axis=0))
    assert np.array_equal(read_image(whole, channel=0, page=3), STACK[0, 0, 3])


def test_missing_planes_are_refused_instead_of_dark():
    """tifffile fills planes that lie in other files with zeros."""
    data = ome(STACK[0, :, 0], "CYX")
    cut = data.replace(b'SizeC="3"', b'SizeC="4"')
    with pytest.raises(ImageReadError, match="lie in other files"):
        read_image(cut, channel=3)


def test_the_size_is_checked_before_planes_are_decoded():
    with pytest.raises(ImageReadError, match="max_pixels=30"):
        read_image(ome(STACK[0, :, 0], "CYX"), channel=0, max_pixels=30)
