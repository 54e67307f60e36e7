import io

import numpy as np
import PIL.Image
import pytest
import tifffile

from featkit import read_image
from featkit.exceptions import ImageReadError, ScaleNotFoundWarning
from featkit.parameters import InvalidParameterError
from featkit.scale import read_pixel_size

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, UNIT = 274, 282, 283, 296


def tiff(**options):
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((8, 9), np.uint8), **options)
    return file.getvalue()


def pillow(image_format, exif=None, **options):
    file = io.BytesIO()
    if exif is not None:
        tags = PIL.Image.Exif()
        tags.update(exif)
        options["exif"] = tags
    PIL.Image.new("RGB", (64, 48)).save(file, image_format, **options)
    return file.getvalue()


def ome(**sizes):
    return tiff(ome=True, metadata={"axes": "YX", **sizes})


@pytest.mark.parametrize(
    ("data", "kind", "micrometers"),
    [
        (ome(PhysicalSizeX=0.25, PhysicalSizeY=0.5), "OME", (0.5, 0.25)),
        (
            ome(PhysicalSizeX=250, PhysicalSizeXUnit="nm", PhysicalSizeY=0.5, PhysicalSizeYUnit="µm"),
            "OME",
            (0.5, 0.25),
        ),
        (tiff(imagej=True, resolution=(4, 2), metadata={"unit": "um"}), "ImageJ", (0.5, 0.25)),
        (tiff(imagej=True, resolution=(4, 2), metadata={"unit": "\\u00B5m"}), "ImageJ", (0.5, 0.25)),
        (tiff(imagej=True, resolution=(40, 20), metadata={"unit": "cm"}), "ImageJ", (500, 250)),
        (tiff(resolution=(254, 508), resolutionunit="INCH"), "TIFF", (50, 100)),
        (tiff(resolution=(100, 200), resolutionunit="CENTIMETER"), "TIFF", (50, 100)),
        (pillow("TIFF", dpi=(254, 508)), "TIFF", (50, 100)),
    ],
)
def test_stated_sizes(data, kind, micrometers):
    scale = read_pixel_size(data, unit="um")
    assert scale.kind == kind
    assert scale.pixel_size == pytest.approx(micrometers)


@pytest.mark.parametrize(
    "data",
    [
        tiff(),
        tiff(resolution=(72, 72), resolutionunit="INCH"),
        tiff(resolution=(96, 96), resolutionunit="INCH"),
        tiff(resolution=(1, 1), resolutionunit="CENTIMETER"),
        tiff(resolution=(300, 300), resolutionunit="NONE"),
        tiff(imagej=True),
        tiff(imagej=True, resolution=(4, 2), metadata={"unit": "pixel"}),
        pillow("JPEG", dpi=(300, 300)),
        pillow("JPEG", {X_RESOLUTION: 300.0, Y_RESOLUTION: 300.0, UNIT: 2}),
        pillow("PNG", dpi=(300, 300)),
        pillow("BMP"),
    ],
)
def test_what_states_no_size_is_not_believed(data):
    with pytest.warns(ScaleNotFoundWarning, match="No scale in scan 7: its metadata state no physical size"):
        scale = read_pixel_size(data, name="scan 7")
    assert np.isnan(scale.pixel_size).all()


@pytest.mark.parametrize("dots", [300, 72])
def test_a_resolution_for_printing_is_named_where_it_could_be_believed(dots):
    with pytest.warns(ScaleNotFoundWarning) as warned:
        read_pixel_size(pillow("JPEG", dpi=(dots, dots)))
    assert ("(JFIF), right of a scan: scale 'print'" in str(warned[0].message)) == (dots == 300)


@pytest.mark.parametrize(
    ("data", "kind", "micrometers"),
    [
        (pillow("JPEG", {X_RESOLUTION: 254.0, Y_RESOLUTION: 508.0, UNIT: 2}), "EXIF", (50, 100)),
        (pillow("JPEG", dpi=(254, 508)), "JFIF", (50, 100)),
        (pillow("PNG", dpi=(254, 508)), "PNG", (50, 100)),
    ],
)
def test_print_resolutions_are_believed_when_asked(data, kind, micrometers):
    scale = read_pixel_size(data, unit="um", print_resolution=True)
    assert scale.kind == kind
    assert scale.pixel_size == pytest.approx(micrometers, rel=1e-4)


@pytest.mark.parametrize("data", [pillow("JPEG", dpi=(72, 72)), pillow("JPEG", {ORIENTATION: 1}), pillow("PNG")])
def test_invented_print_resolutions_are_never_believed(data):
    with pytest.warns(ScaleNotFoundWarning):
        assert not read_pixel_size(data, print_resolution=True).is_known


@pytest.mark.parametrize("orientation", range(1, 9))
def test_rows_and_columns_turn_with_the_image(orientation):
    data = pillow("JPEG", {ORIENTATION: orientation, X_RESOLUTION: 254.0, Y_RESOLUTION: 508.0, UNIT: 2})
    scale = read_pixel_size(data, unit="um", print_resolution=True)
    assert scale.shape == read_image(data).shape[:2]
    assert scale.pixel_size == pytest.approx((100, 50) if orientation >= 5 else (50, 100))


def test_a_reduced_image_has_larger_pixels():
    data = pillow("JPEG", dpi=(254, 254))
    reduced = read_image(data, min_size=20)
    scale = read_pixel_size(data, unit="um", print_resolution=True, shape=reduced.shape[:2])
    assert reduced.shape[:2] == (24, 32)
    assert scale.pixel_size == pytest.approx((200, 200))


def test_files_are_read_and_named(tmp_path):
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff(resolution=(254, 254), resolutionunit="INCH"))
    assert read_pixel_size(path).pixel_size == pytest.approx((0.1, 0.1))
    path.write_bytes(tiff())
    with pytest.warns(ScaleNotFoundWarning, match="scan.tif"):
        read_pixel_size(str(path))


@pytest.mark.parametrize("data", [b"", b"no image", tiff()[:40], b"II*\0" + bytes(30)])
def test_damaged_files_are_named(tmp_path, data):
    path = tmp_path / "broken.tif"
    path.write_bytes(data)
    with pytest.raises(ImageReadError, match="broken.tif") as caught:
        read_pixel_size(path)
    assert caught.value.path == str(path)


def test_a_missing_file_and_an_unknown_unit_are_refused(tmp_path):
    with pytest.raises(ImageReadError, match="none of this name"):
        read_pixel_size(tmp_path / "none.tif")
    with pytest.raises(InvalidParameterError, match="'unit' parameter must be one of"):
        read_pixel_size(tiff(), unit="furlong")


def test_hostile_xml_is_not_followed():
    bomb = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "x">]><OME><Pixels PhysicalSizeX="1" PhysicalSizeY="1"/></OME>'
    with pytest.warns(ScaleNotFoundWarning):
        assert not read_pixel_size(tiff(description=bomb, metadata=None)).is_known
