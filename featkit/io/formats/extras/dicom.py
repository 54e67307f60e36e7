"""DICOM files of one frame, by the package pydicom."""

import io
from types import ModuleType
from typing import Any

import numpy as np

from ...._optional import require
from ....exceptions import ImageReadError, MissingDependencyError
from ..checks import Decoded, Wanted, check_pixel_count, only_read
from ..jpeg import frame_of
from ..pixels import full_range

_DEFLATED, _META = b"1.2.840.10008.1.2.1.99", 4096  # a transfer syntax, and where it stands
_JPEG = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70, 80, 81))
_WHITE = 65535


def decode_dicom(data: bytes, wanted: Wanted) -> Decoded:
    """Decode a DICOM file as it is to be shown: rescaled, in its window, min-is-white inverted, palette applied."""
    pydicom = require_pydicom()
    if _DEFLATED in data[:_META]:
        raise ImageReadError("It is a deflated DICOM file, whose size is not known before. Save it uncompressed.")
    file = pydicom.dcmread(io.BytesIO(data))
    if "PixelData" not in file:
        raise ImageReadError("expected a DICOM file with an image (PixelData), got one without. Leave it out.")
    height, width = int(file.Rows), int(file.Columns)
    check_pixel_count(width, height, wanted.max_pixels)
    n_frames = int(file.get("NumberOfFrames", 1) or 1)
    page = wanted.page or 0
    if page >= n_frames:
        raise ImageReadError(f"expected a page below {n_frames}, the number of its frames, got {page}.")
    _check_frame(pydicom, file, page, n_frames)
    values = pydicom.pixels.pixel_array(file, index=page)
    left_out = only_read(f"the first of {n_frames} frames") if n_frames > 1 and wanted.page is None else ""
    return Decoded(np.ascontiguousarray(_shown(pydicom, file, values)), left_out)


def is_dicom(data: bytes) -> bool:
    """Whether content is that of a DICOM file."""
    return data[128:132] == b"DICM"


def read_dicom_header(data: bytes) -> Any:
    """What a file tells beside its pixels, as pydicom gives it.

    Raises
    ------
    ImageReadError
        When pydicom is not installed, or the file is deflated.
    """
    pydicom = require_pydicom()
    if _DEFLATED in data[:_META]:
        raise ImageReadError("It is a deflated DICOM file, whose size is not known before. Save it uncompressed.")
    return pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)


def require_pydicom() -> ModuleType:
    """The package pydicom.

    Raises
    ------
    ImageReadError
        When it is not installed.
    """
    try:
        return require("pydicom", extra="dicom")
    except MissingDependencyError as error:
        raise ImageReadError(f"It is a DICOM file. {error}") from error


def _check_frame(pydicom: ModuleType, file: Any, page: int, n_frames: int) -> None:
    """Refuse a JPEG of another size than the file says, which would be unpacked to it."""
    syntax = file.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        return
    frame = pydicom.encaps.get_frame(file.PixelData, page, number_of_frames=n_frames)
    if str(syntax) in _JPEG:
        found = frame_of(frame)
        size = (found.height, found.width)
    elif frame[:4] == b"\xff\x4f\xff\x51":
        right, bottom, left, top = (int.from_bytes(frame[start : start + 4], "big") for start in (8, 12, 16, 20))
        size = (bottom - top, right - left)
    elif "RLE" in syntax.name:
        return  # pydicom unpacks no more than the size says
    else:
        raise ImageReadError(f"Its compression, {syntax.name}, is not read. Save it uncompressed.")
    if size != (file.Rows, file.Columns):
        raise ImageReadError(
            f"expected a frame of {file.Rows} x {file.Columns} pixels as the DICOM file says, got {size}. Copy it "
            "again from its source."
        )


def _shown(pydicom: ModuleType, file: Any, values: np.ndarray) -> np.ndarray:
    """Gray or RGB of stored values, white as white of the dtype (PS3.3, C.7.6.3, C.11.1 and C.11.2)."""
    kind = str(file.PhotometricInterpretation)
    n_bits = int(file.BitsStored)
    if kind == "PALETTE COLOR":
        colors = pydicom.pixels.apply_color_lut(values, file)
        return colors if colors.dtype in (np.uint8, np.uint16) else full_range(colors, 16)
    if values.ndim == 3:
        return full_range(values, n_bits)
    if kind not in ("MONOCHROME1", "MONOCHROME2"):
        raise ImageReadError(f"expected gray, RGB or a palette, got pixels of the kind {kind}. Save it as PNG.")
    gray = _in_window(pydicom, file, values, n_bits)
    return (_WHITE if gray.dtype == np.uint16 else 255) - gray if kind == "MONOCHROME1" else gray


def _in_window(pydicom: ModuleType, file: Any, values: np.ndarray, n_bits: int) -> np.ndarray:
    """Values in the first window of the file; without one, the whole range of its bits is that from black to white."""
    center, width = (_first(file.get(name)) for name in ("WindowCenter", "WindowWidth"))
    if center is None or width is None:
        for name in ("VOILUTSequence", "ModalityLUTSequence"):
            if file.get(name):
                modality = values if name[0] == "M" else _modality_values(pydicom, file, values)
                item = file[name][0]
                return full_range(_looked_up(file, item, modality), int(item.LUTDescriptor[2]))
        lowest = -(1 << (n_bits - 1)) if int(file.PixelRepresentation) == 1 else 0
        stretched = full_range((values.astype(np.int64) - lowest).astype(np.uint32), n_bits)
        is_falling = float(file.get("RescaleSlope", 1) or 1) < 0
        return (_WHITE if stretched.dtype == np.uint16 else 255) - stretched if is_falling else stretched
    rescaled = np.asarray(_modality_values(pydicom, file, values), np.float64)
    shape = str(file.get("VOILUTFunction", "") or "LINEAR")
    if shape == "SIGMOID":
        light = 1 / (1 + np.exp(np.clip(-4 * (rescaled - center) / width, -700, 700)))
    elif shape == "LINEAR_EXACT":
        light = (rescaled - center) / width + 0.5
    elif width <= 1:
        light = (rescaled > center - 0.5).astype(np.float64)
    else:
        light = (rescaled - (center - 0.5)) / (width - 1) + 0.5
    return np.rint(np.clip(light, 0, 1) * _WHITE).astype(np.uint16)


def _modality_values(pydicom: ModuleType, file: Any, values: np.ndarray) -> np.ndarray:
    """What stored values mean (Hounsfield units, density), by a table or a slope."""
    if file.get("ModalityLUTSequence"):
        return _looked_up(file, file.ModalityLUTSequence[0], values)
    return pydicom.pixels.apply_modality_lut(values, file)


def _looked_up(file: Any, item: Any, values: np.ndarray) -> np.ndarray:
    """Entries of a lookup table of 8 to 16 bits, in bytes or words; values outside it get its ends."""
    n_entries, first, n_bits = (int(number) for number in item.LUTDescriptor)
    n_entries = n_entries or 65536
    if first > 32767 and float(file.get("RescaleIntercept", 0) or 0) < 0:
        first -= 65536  # a negative number, which is read by the sign of stored values
    table = item.LUTData
    if isinstance(table, bytes):
        words = np.frombuffer(table, "<u2" if file.original_encoding[1] else ">u2").astype("<u2")
        table = words.view(np.uint8) if len(words) < n_entries and n_bits == 8 else words
    table = np.asarray(table).ravel()[:n_entries]
    if len(table) < n_entries or not 0 < n_bits <= 16 or table.min() < 0 or table.max() >> n_bits:
        raise ImageReadError(
            f"expected a lookup table of {n_entries} entries of {n_bits} bits as the DICOM file says, got "
            f"{len(table)} up to {table.max(initial=0)}. Save the image as PNG in the program that shows it."
        )
    places = np.rint(values).astype(np.int64) - first
    return table.astype(np.uint16)[np.clip(places, 0, n_entries - 1)]


def _first(value: Any) -> float | None:
    """The first of several numbers, or the one that there is."""
    if value is None or value == "":
        return None
    return float(value[0] if hasattr(value, "__getitem__") and not isinstance(value, str) else value)
