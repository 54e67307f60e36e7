import io
import sys

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from featkit import read_image
from featkit.exceptions import ImageReadError, LeftOutWarning
from tests.io.image_files import RGB, SMOOTH

RNG = np.random.default_rng(0)


def dicom(pixels, *, n_bits=None, kind=None, syntax=ExplicitVRLittleEndian, content=None, **elements):
    """A file of these stored values, gray (height, width), (n_frames, height, width) or RGB."""
    is_color = pixels.ndim == 3 and pixels.shape[2] == 3
    file = pydicom.Dataset()
    file.file_meta = FileMetaDataset()
    file.file_meta.TransferSyntaxUID = syntax
    file.file_meta.MediaStorageSOPClassUID = file.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID = "1.2.3"
    shape = pixels.shape[:2] if is_color else pixels.shape[-2:]
    file.Rows, file.Columns = (int(side) for side in shape)
    file.SamplesPerPixel = 3 if is_color else 1
    if is_color:
        file.PlanarConfiguration = 0
    elif pixels.ndim == 3:
        file.NumberOfFrames = len(pixels)
    file.PhotometricInterpretation = kind or ("RGB" if is_color else "MONOCHROME2")
    file.BitsAllocated = 8 * pixels.dtype.itemsize
    file.BitsStored = n_bits or file.BitsAllocated
    file.HighBit = file.BitsStored - 1
    file.PixelRepresentation = int(pixels.dtype.kind == "i")
    for name, value in elements.items():
        setattr(file, name, value)
    stored = pixels.astype(pixels.dtype.newbyteorder(">" if syntax == ExplicitVRBigEndian else "<"))
    file.PixelData = stored.tobytes() + b"\0" * (stored.nbytes % 2) if content is None else content
    file["PixelData"].VR = "OB" if file.BitsAllocated == 8 or content is not None else "OW"
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, file, enforce_file_format=True)
    return buffer.getvalue()


TWELVE = RNG.integers(0, 4096, (5, 7)).astype(np.uint16)
SIGNED = RNG.integers(-2048, 2048, (5, 7)).astype(np.int16)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_without_a_window_the_range_of_the_bits_is_that_of_the_image(syntax):
    found = read_image(dicom(TWELVE, n_bits=12, syntax=syntax))
    assert found.dtype == np.uint16
    assert np.array_equal(found, np.rint(TWELVE * (65535 / 4095)))
    eight = (TWELVE >> 4).astype(np.uint8)
    assert np.array_equal(read_image(dicom(eight, syntax=syntax)), eight)
    assert np.array_equal(
        read_image(dicom(SIGNED, n_bits=12, syntax=syntax)), np.rint((SIGNED + 2048.0) * (65535 / 4095))
    )


def test_min_is_white_is_inverted_and_so_is_a_falling_slope():
    expected = 65535 - np.rint(TWELVE * (65535 / 4095))
    assert np.array_equal(read_image(dicom(TWELVE, n_bits=12, kind="MONOCHROME1")), expected)
    falling = dicom(TWELVE, n_bits=12, RescaleSlope=-1, RescaleIntercept=4095)
    assert np.array_equal(read_image(falling), expected)


@pytest.mark.parametrize("shape", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(
    ("slope", "intercept", "center", "width"), [(1, 0, 900, 1200), (2.5, -1024, 40, 400), (-1, 7, -300, 2)]
)
def test_the_window_is_that_of_the_standard(shape, slope, intercept, center, width):
    """PS3.3, C.11.2.1.2 and C.11.2.1.3, pixel for pixel."""
    data = dicom(
        SIGNED,
        n_bits=12,
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        WindowCenter=center,
        WindowWidth=width,
        VOILUTFunction=shape,
    )
    found = read_image(data)
    for stored, shown in zip(SIGNED.ravel().tolist(), found.ravel().tolist()):
        x = slope * stored + intercept
        if shape == "SIGMOID":
            y = 1 / (1 + np.exp(-4 * (x - center) / width)) if abs(x - center) < 170 * width else float(x > center)
        elif shape == "LINEAR_EXACT":
            y = 0 if x <= center - width / 2 else 1 if x > center + width / 2 else (x - center) / width + 0.5
        elif x <= center - 0.5 - (width - 1) / 2:
            y = 0
        else:
            y = 1 if x > center - 0.5 + (width - 1) / 2 else (x - (center - 0.5)) / (width - 1) + 0.5
        assert abs(shown - 65535 * y) <= 0.5 + 1e-6


def test_the_first_of_several_windows_counts():
    windows = {"WindowCenter": [100, 2000], "WindowWidth": [50, 10]}
    one = dicom(TWELVE, n_bits=12, WindowCenter=100, WindowWidth=50)
    assert np.array_equal(read_image(dicom(TWELVE, n_bits=12, **windows)), read_image(one))


def test_the_window_agrees_with_pydicom():
    data = dicom(TWELVE, n_bits=12, RescaleSlope=1, RescaleIntercept=-1000, WindowCenter=500, WindowWidth=1500)
    file = pydicom.dcmread(io.BytesIO(data))
    theirs = pydicom.pixels.apply_voi_lut(pydicom.pixels.apply_modality_lut(file.pixel_array, file), file)
    lowest, highest = -1000, 4095 - 1000
    assert np.abs(read_image(data) - (theirs - lowest) / (highest - lowest) * 65535).max() < 1


@pytest.mark.parametrize("planar", [0, 1])
def test_colors(planar):
    content = (np.moveaxis(RGB, 2, 0) if planar else RGB).tobytes() + b"\0"
    assert np.array_equal(read_image(dicom(RGB, PlanarConfiguration=planar, content=content)), RGB)


def test_a_palette_is_applied():
    indices = (TWELVE % 4).astype(np.uint8)
    table = RNG.integers(0, 65536, (3, 4)).astype("<u2")
    elements = {}
    for color, values in zip(("Red", "Green", "Blue"), table):
        elements[f"{color}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
        elements[f"{color}PaletteColorLookupTableData"] = values.tobytes()
    assert np.array_equal(read_image(dicom(indices, kind="PALETTE COLOR", **elements)), table.T[indices])


def test_compressed_frames():
    assert np.array_equal(read_image(rle(TWELVE)), np.rint(TWELVE * (65535 / 4095)))
    file = io.BytesIO()
    Image.fromarray(SMOOTH).save(file, "JPEG", quality=95)
    data = dicom(SMOOTH, syntax=JPEGBaseline8Bit, kind="YBR_FULL_422", content=encapsulate([file.getvalue()]))
    assert np.abs(read_image(data).astype(int) - SMOOTH).mean() < 3
    other = dicom(SMOOTH[:8], syntax=JPEGBaseline8Bit, kind="YBR_FULL_422", content=encapsulate([file.getvalue()]))
    with pytest.raises(ImageReadError, match="expected a frame of 8 x 40 pixels"):
        read_image(other)


def rle(pixels):
    file = pydicom.dcmread(io.BytesIO(dicom(pixels, n_bits=12)))
    file.compress(RLELossless)
    buffer = io.BytesIO()
    file.save_as(buffer)
    return buffer.getvalue()


def test_frames():
    frames = RNG.integers(0, 256, (3, 5, 7)).astype(np.uint8)
    data = dicom(frames)
    assert np.array_equal(read_image(data, page=2), frames[2])
    with pytest.warns(LeftOutWarning, match="only the first of 3 frames"):
        assert np.array_equal(read_image(data), frames[0])
    with pytest.raises(ImageReadError, match="below 3"):
        read_image(data, page=3)


def test_what_cannot_be_read_is_refused(monkeypatch):
    data = dicom(TWELVE, n_bits=12)
    with pytest.raises(ImageReadError, match="max_pixels=34"):
        read_image(data, max_pixels=34)
    for length in (140, 300, len(data) - 20):
        with pytest.raises(ImageReadError):
            read_image(data[:length])
    with pytest.raises(ImageReadError, match="of the kind CMYK"):
        read_image(dicom(TWELVE, kind="CMYK"))
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(ImageReadError, match=r"It is a DICOM file\. .*featkit-images\[dicom\]"):
        read_image(data)


def test_a_deflated_file_is_refused_before_it_is_unpacked():
    with pytest.raises(ImageReadError, match="deflated DICOM"):
        read_image(dicom(TWELVE, syntax=pydicom.uid.DeflatedExplicitVRLittleEndian))


def lut(table, first, n_bits, stored="<u2"):
    """A sequence of one lookup table of values from `first` on (PS3.3, C.11.1 and C.11.2)."""
    item = pydicom.Dataset()
    item.LUTDescriptor = [len(table), first, n_bits]
    item.LUTData = table.astype(stored).tobytes()
    item["LUTData"].VR = "OW"
    item.ModalityLUTType = "US"
    return [item]


def looked_up(values, table, first):
    return table[np.clip(values.astype(int) - first, 0, len(table) - 1)]


TABLE_16, TABLE_12, TABLE_8 = (RNG.integers(0, 1 << n_bits, 3000) for n_bits in (16, 12, 8))


@pytest.mark.parametrize("sequence", ["ModalityLUTSequence", "VOILUTSequence"])
def test_a_lookup_table_gives_what_it_holds_for_each_stored_value_and_its_ends_outside(sequence):
    assert ((TWELVE < 700) | (TWELVE > 3699)).any()
    kinds = [(TABLE_16, 16, 1, "<u2"), (TABLE_12, 12, 65535 / 4095, "<u2"), (TABLE_8, 8, 1, "<u2")]
    kinds.append((TABLE_8, 8, 1, "u1"))
    for table, n_bits, factor, stored in kinds:
        found = read_image(dicom(TWELVE, n_bits=12, **{sequence: lut(table, 700, n_bits, stored)}))
        assert found.dtype == (np.uint8 if n_bits == 8 else np.uint16)
        assert np.array_equal(found, np.rint(looked_up(TWELVE, table, 700) * factor))
    found = read_image(dicom(SIGNED, n_bits=12, **{sequence: lut(TABLE_16, -1500, 16)}))
    assert np.array_equal(found, looked_up(SIGNED, TABLE_16, -1500))


def test_a_table_of_values_of_interest_comes_after_the_rescaling():
    rescaled = 2.0 * TWELVE + 100
    elements = {"RescaleSlope": 2, "RescaleIntercept": 100, "VOILUTSequence": lut(TABLE_16, 2000, 16)}
    expected = looked_up(rescaled, TABLE_16, 2000)
    assert np.array_equal(read_image(dicom(TWELVE, n_bits=12, **elements)), expected)
    assert np.array_equal(read_image(dicom(TWELVE, n_bits=12, kind="MONOCHROME1", **elements)), 65535 - expected)


def test_a_modality_table_comes_before_a_window_and_before_another_table():
    modality = {"ModalityLUTSequence": lut(TABLE_12, 700, 12)}
    values = looked_up(TWELVE, TABLE_12, 700)
    found = read_image(dicom(TWELVE, n_bits=12, WindowCenter=2000, WindowWidth=1001, **modality))
    assert np.abs(found - np.clip((values - 1999.5) / 1000 + 0.5, 0, 1) * 65535).max() <= 0.5
    found = read_image(dicom(TWELVE, n_bits=12, VOILUTSequence=lut(TABLE_16, 500, 16), **modality))
    assert np.array_equal(found, looked_up(values, TABLE_16, 500))


def test_a_window_goes_before_a_table_of_values_of_interest():
    window = {"WindowCenter": 2000, "WindowWidth": 1001}
    both = read_image(dicom(TWELVE, n_bits=12, VOILUTSequence=lut(TABLE_16, 0, 16), **window))
    assert np.array_equal(both, read_image(dicom(TWELVE, n_bits=12, **window)))


def test_a_table_may_begin_at_a_negative_value_of_unsigned_pixels():
    elements = {"RescaleSlope": 1, "RescaleIntercept": -1024, "VOILUTSequence": lut(TABLE_16, 65536 - 500, 16)}
    expected = looked_up(TWELVE - 1024.0, TABLE_16, -500)
    assert np.array_equal(read_image(dicom(TWELVE, n_bits=12, **elements)), expected)


@pytest.mark.parametrize(("n_entries", "n_bits"), [(3001, 16), (3000, 15)])
def test_a_table_that_is_not_as_it_says_is_refused(n_entries, n_bits):
    sequence = lut(TABLE_16, 700, n_bits)
    sequence[0].LUTDescriptor = [n_entries, 700, n_bits]
    with pytest.raises(ImageReadError, match=f"a lookup table of {n_entries} entries of {n_bits} bits"):
        read_image(dicom(TWELVE, n_bits=12, VOILUTSequence=sequence))
