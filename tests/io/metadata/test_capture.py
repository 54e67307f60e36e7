import io

import numpy as np
import pandas as pd
import pillow_heif
import pillow_jxl  # noqa: F401  # registers itself with Pillow
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

from featkit import ColorMoments, ImageReader, extract_to_parquet
from featkit.exceptions import ImageReadError
from featkit.io import read_metadata
from featkit.measurement import measure_to_file
from tests.io.formats.extras.test_dicom import TWELVE, dicom
from tests.io.image_files import RGB, with_pillow, with_tifffile

TAKEN = "2026-11-30T14:05:09"


def exif(make="Canon", model="EOS R5", taken="2026:11:30 14:05:09", offset=None):
    found = Image.Exif()
    found[271], found[272] = make, model
    found[306] = "2027:01:01 00:00:00"  # when a program changed the file
    found.get_ifd(0x8769)[36867] = taken
    if offset:
        found.get_ifd(0x8769)[36881] = offset
    found.get_ifd(0x8825)[1] = "N"  # GPS
    found[315] = "A person"
    return found


def heic(found):
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(RGB).resize((64, 64))).save(file, exif=found.tobytes())
    return file.getvalue()


def jxl(found):
    file = io.BytesIO()
    Image.fromarray(RGB).save(file, "JXL", exif=found.tobytes())
    return file.getvalue()


WRITERS = {
    **{kind: lambda found, kind=kind: with_pillow(RGB, kind, exif=found) for kind in ("JPEG", "PNG", "WEBP", "AVIF")},
    "HEIC": heic,
    "JPEG XL": jxl,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_capture_time_and_camera_are_those_of_exif(kind):
    found = read_metadata(WRITERS[kind](exif()))
    assert found[:2] == (TAKEN, "Canon EOS R5")
    assert np.isnan(found[2:]).all()
    found = read_metadata(WRITERS[kind](exif(make="NIKON", model="Nikon D850", offset="+02:00")))
    assert found[:2] == (f"{TAKEN}+02:00", "Nikon D850")


def test_nothing_is_made_up():
    assert read_metadata(with_pillow(RGB, "JPEG"))[:2] == (None, None)
    assert read_metadata(with_pillow(RGB, "TIFF", exif=exif()))[:2] == (None, "Canon EOS R5")  # Pillow drops the rest
    assert read_metadata(with_pillow(RGB, "JPEG", exif=exif("", "", "0000:00:00 00:00:00")))[:2] == (None, None)
    assert read_metadata(with_pillow(RGB, "PNG", dpi=(300, 300))).pixel_height != 300
    with pytest.raises(ImageReadError):
        read_metadata(b"no image")


def test_instruments():
    elements = {"AcquisitionDate": "20261130", "AcquisitionTime": "140509.25", "PatientName": "A^Person"}
    elements |= {"Manufacturer": "Maker", "ManufacturerModelName": "Model", "PixelSpacing": [0.5, 0.25]}
    assert read_metadata(dicom(TWELVE, **elements)) == (TAKEN, "Maker Model", 0.0005, 0.00025)
    both = dicom(TWELVE, AcquisitionDateTime="20261130140509.000000+0100")
    assert read_metadata(both)[:2] == (f"{TAKEN}+01:00", None)
    metadata = {"axes": "YX", "AcquisitionDate": f"{TAKEN}Z", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.25}
    ome = with_tifffile(TWELVE, ome=True, photometric="minisblack", metadata=metadata)
    assert read_metadata(ome) == (TAKEN, None, pytest.approx(0.25e-6), pytest.approx(0.5e-6))


def test_columns_of_the_dataset(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.jpg").write_bytes(with_pillow(RGB, "JPEG", exif=exif()))
    (tmp_path / "photos" / "2.dcm").write_bytes(dicom(RGB, PixelSpacing=[0.5, 0.25]))
    (tmp_path / "photos" / "3.jpg").write_bytes(b"broken")
    described = make_pipeline(ImageReader(), ColorMoments())
    for _ in range(2):
        extract_to_parquet(described, tmp_path / "photos", tmp_path / "out", metadata=True)
    table = pd.read_parquet(tmp_path / "out")
    assert table.columns[:7].tolist() == ["path", "label", "error", "captured", "camera", "pixel_height", "pixel_width"]
    assert table["camera"].fillna("").tolist() == ["Canon EOS R5", "", ""]
    assert table["captured"].fillna("").tolist() == [TAKEN, "", ""]
    np.testing.assert_array_equal(table["pixel_width"], [np.nan, 0.00025, np.nan])
    assert table["error"].notna().tolist() == [False, False, True]


def test_columns_of_measurements(tmp_path):
    photo = np.full((60, 60, 3), 255, np.uint8)
    photo[20:40, 20:40] = (30, 90, 30)
    (tmp_path / "a.jpg").write_bytes(with_pillow(photo, "JPEG", exif=exif(), quality=95))
    measure_to_file([str(tmp_path / "a.jpg")], tmp_path / "out.csv", metadata=True)
    table = pd.read_csv(tmp_path / "out.csv")
    assert table[["captured", "camera"]].to_numpy().tolist() == [[TAKEN, "Canon EOS R5"]]
