"""Physical size of the pixels that the metadata of an image file state."""

import numpy as np
import PIL.Image
import pytest
import tifffile

from featkit.exceptions import ImageReadError
from featkit.io.metadata.capture import read_metadata
from featkit.io.metadata.physical_size import METERS, read_physical_size
from tests.io.image_files import GRAY, RGB, with_pillow, with_tifffile


@pytest.mark.parametrize("unit", [unit for unit in METERS if len(unit) <= 2 and unit not in ("in", "um")])
def test_units_of_ome(unit):
    metadata = {"axes": "YX", "PhysicalSizeX": 3.0, "PhysicalSizeXUnit": unit, "PhysicalSizeY": 2.0}
    data = with_tifffile(GRAY, ome=True, metadata=metadata | {"PhysicalSizeYUnit": unit})
    found = read_physical_size(data)
    meters = {"pm": 1e-12, "Å": 1e-10, "nm": 1e-9, "µm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}[unit]
    assert found.kind == "OME"
    assert found.pixel_size == pytest.approx((2 * meters, 3 * meters))
    assert found.shape == (5, 7)


@pytest.mark.parametrize(("unit", "meters"), [("INCH", 0.0254), ("CENTIMETER", 0.01)])
@pytest.mark.parametrize(("across", "down"), [(1000, 1000), (300, 600), (7.5, 7.5)])
def test_resolutions_of_a_tiff_are_pixels_per_unit(unit, meters, across, down):
    found = read_physical_size(with_tifffile(GRAY, resolution=(across, down), resolutionunit=unit))
    assert found.kind == "TIFF"
    assert found.pixel_size == pytest.approx((meters / down, meters / across), rel=1e-6)


@pytest.mark.parametrize("dpi", [1, 72, 96, 100])
def test_what_programs_write_where_they_know_nothing_is_not_believed(dpi):
    data = [
        with_tifffile(GRAY, resolution=(dpi, dpi), resolutionunit="INCH"),
        with_tifffile(GRAY, resolution=(dpi / 2.54, dpi / 2.54), resolutionunit="CENTIMETER"),
        with_pillow(RGB, "PNG", dpi=(dpi, dpi)),
    ]
    for content in data:
        found = read_physical_size(content, print_resolution=True)
        assert found.kind is None
        assert np.isnan(found.pixel_size).all()


def test_print_resolutions_are_believed_only_when_asked():
    data = with_pillow(RGB, "JPEG", dpi=(300, 150))
    assert read_physical_size(data).kind is None
    found = read_physical_size(data, print_resolution=True)
    assert found == ("JFIF", pytest.approx((0.0254 / 150, 0.0254 / 300)), (5, 7))


def test_a_file_on_its_side_exchanges_rows_and_columns():
    tags = PIL.Image.Exif()
    tags.update({274: 6, 282: 300.0, 283: 150.0, 296: 2})
    found = read_physical_size(with_pillow(RGB, "JPEG", exif=tags), print_resolution=True)
    assert found == ("EXIF", pytest.approx((0.0254 / 300, 0.0254 / 150)), (7, 5))


def test_entities_of_xml_are_not_expanded():
    pixels = '<OME><Pixels PhysicalSizeX="1" PhysicalSizeY="1"/></OME>'
    for start, kind in (("", "OME"), ('<!DOCTYPE a [<!ENTITY b "c">]>', None)):
        data = with_tifffile(GRAY, description=f'<?xml version="1.0"?>{start}{pixels}', metadata=None)
        assert read_physical_size(data).kind == kind


@pytest.mark.parametrize("data", [b"", b"no image", with_pillow(RGB, "PNG")[:20]])
def test_a_damaged_file_is_named(data, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(ImageReadError, match="a.png: expected an image file"):
        read_physical_size(path)


def test_each_page_has_a_resolution_of_its_own(tmp_path):
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((4, 5), np.uint8), subfiletype=1, resolution=(20, 20), resolutionunit="CENTIMETER")
        file.write(np.zeros((8, 9), np.uint8), resolution=(400, 200), resolutionunit="CENTIMETER")
        file.write(np.zeros((6, 7), np.uint8), resolution=(50, 50), resolutionunit="CENTIMETER")
    sizes = {None: (5e-5, 2.5e-5, 8, 9), 0: (5e-4, 5e-4, 4, 5), 1: (5e-5, 2.5e-5, 8, 9), 2: (2e-4, 2e-4, 6, 7)}
    for page, (height, width, *shape) in sizes.items():
        for found in (read_physical_size(path, page=page), read_physical_size(named(path, page))):
            assert found.pixel_size == pytest.approx((height, width))
            assert found.shape == tuple(shape)
        assert read_metadata(named(path, page))[2:] == pytest.approx((height, width))


def named(path, page):
    return str(path) if page is None else f"{path}#page={page}"
