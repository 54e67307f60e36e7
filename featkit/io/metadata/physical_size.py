"""Physical size of the pixels that the metadata of an image file state: OME, ImageJ, TIFF, DICOM, EXIF, JFIF, PNG."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

import PIL.Image

from ...exceptions import ImageReadError
from ..formats._tiff_pages import choose_page
from ..formats.extras._jpegxl_header import read_header
from ..formats.extras.dicom import is_dicom, read_dicom_header
from ..formats.extras.heif import is_heif, open_heif
from ..formats.extras.jpegxl import codestream_of, is_jpegxl
from ..formats.pixels import EXIF_ORIENTATION
from ..reading import content_of, path_of
from ..sources import Source
from ..stacks.page_paths import part_of_path

if TYPE_CHECKING:
    import tifffile

METERS = {  # of the units that files name
    "pm": 1e-12,
    "Å": 1e-10,
    "nm": 1e-9,
    "nanometer": 1e-9,
    "µm": 1e-6,
    "um": 1e-6,
    "micron": 1e-6,
    "microns": 1e-6,
    "micrometer": 1e-6,
    "mm": 1e-3,
    "millimeter": 1e-3,
    "cm": 1e-2,
    "centimeter": 1e-2,
    "inch": 0.0254,
    "in": 0.0254,
    "m": 1.0,
    "meter": 1.0,
}
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
INCH, CENTIMETER = 2, 3
PLACEHOLDERS = (1, 72, 96, 100)  # dots per inch that programs write where nothing is known
TURNED = (5, 6, 7, 8)  # EXIF orientations that exchange rows and columns

Found = tuple[float, float, str]  # height and width of a pixel in meters as stored, and where they stand


class PhysicalSize(NamedTuple):
    """What a file states, for the image turned upright.

    Attributes
    ----------
    kind : str or None
        "OME", "ImageJ", "TIFF", "DICOM", "EXIF", "JFIF" or "PNG"; None where nothing states a size.
    pixel_size : (height, width)
        Of a pixel in metres; NaN where nothing states it.
    shape : (height, width)
        Of the image.
    """

    kind: str | None
    pixel_size: tuple[float, float]
    shape: tuple[int, int]


def read_physical_size(source: Source, *, print_resolution: bool = False, page: int | None = None) -> PhysicalSize:
    """Read the physical size of the pixels of an image file, or of a page; see `featkit.scale.read_pixel_size`.

    Raises
    ------
    ImageReadError
        When the file cannot be read.
    """
    path = path_of(source)
    part = part_of_path(source)
    if part is not None:
        source, page = part.path, part.page
    label = path or f"{type(source).__name__} source"
    try:
        found, stored, orientation = _stated(content_of(source), print_resolution, page)
    except ImageReadError as error:
        raise ImageReadError(f"{label}: {error}", path) from error.__cause__
    except Exception as error:  # decoders fail on damaged files in any way there is
        raise ImageReadError(f"{label}: expected an image file, its header cannot be read: {error}.", path) from error
    height, width, kind = found or (float("nan"), float("nan"), None)
    if orientation in TURNED:
        return PhysicalSize(kind, (width, height), stored[::-1])
    return PhysicalSize(kind, (height, width), stored)


def _stated(data: bytes, print_resolution: bool, number: int | None) -> tuple[Found | None, tuple[int, int], int]:
    """What is stated, height and width as stored, and the EXIF orientation."""
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        import tifffile

        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages.first if file.is_ome or file.is_imagej else choose_page(file, number).page
            stored = (int(page.imagelength), int(page.imagewidth))
            orientation = int(page.tags.valueof(EXIF_ORIENTATION, 1))
            return _of_tiff(file, page), stored, orientation
    if is_dicom(data):
        header = read_dicom_header(data)
        return _of_dicom(header), (int(header.Rows), int(header.Columns)), 1
    if is_heif(data):
        heif = open_heif(io.BytesIO(data))
        width, height = heif[heif.primary_index].size
        return None, (height, width), 1
    if is_jpegxl(data):
        known = read_header(codestream_of(data))
        return None, (known.height, known.width), known.orientation
    with PIL.Image.open(io.BytesIO(data)) as image:
        exif = image.getexif()
        stored, orientation = (image.height, image.width), int(exif.get(EXIF_ORIENTATION, 1))
        if not print_resolution:
            return None, stored, orientation
        readers: tuple[Callable[[], Found | None], ...] = (
            lambda: _of_tags(exif.get, "EXIF"),
            lambda: _of_jfif(image),
            lambda: _of_png(data),
        )
        return next((found for reader in readers if (found := reader()) is not None), None), stored, orientation


def _of_dicom(header: Any) -> Found | None:
    """Spacing of the pixels in the patient or on the specimen; that of a detector is no size of what it shows."""
    spacing = header.get("PixelSpacing")
    sides = [0.001 * float(side) for side in spacing] if spacing else []
    return (sides[0], sides[1], "DICOM") if len(sides) == 2 and min(sides) > 0 else None


def _of_tiff(file: tifffile.TiffFile, page: tifffile.TiffPage) -> Found | None:
    if file.is_ome and file.ome_metadata:
        found = _of_ome(file.ome_metadata)
        if found is not None:
            return found
    if file.is_imagej:
        return _of_imagej(file.imagej_metadata or {}, page)
    return _of_tags(page.tags.valueof, "TIFF")


def _of_ome(text: str) -> Found | None:
    """Sizes of a pixel in the first Pixels element; micrometres where no unit is given."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities can be made to grow without end
        return None
    for element in ElementTree.fromstring(text.encode()).iter():
        if element.tag.rpartition("}")[2] == "Pixels":
            sides = []
            for axis in "YX":
                size, unit = element.get(f"PhysicalSize{axis}"), element.get(f"PhysicalSize{axis}Unit", "µm")
                meters = METERS.get(unit.replace("μ", "µ"))
                if size is None or meters is None or not 0 < float(size) < float("inf"):
                    return None
                sides.append(float(size) * meters)
            return sides[0], sides[1], "OME"
    return None


def _of_imagej(metadata: dict, page: tifffile.TiffPage) -> Found | None:
    """Pixels per unit in the resolution tags, the unit in ImageJ's own metadata, perhaps as an escape."""
    unit = str(metadata.get("unit", "")).strip()
    unit = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), unit).replace("μ", "µ")
    meters = METERS.get(unit)
    across, down = (_ratio(page.tags.valueof(code)) for code in (X_RESOLUTION, Y_RESOLUTION))
    if meters is None or across is None or down is None:
        return None
    return meters / down, meters / across, "ImageJ"


def _of_tags(tag: Callable[[int], object], kind: str) -> Found | None:
    meters = {INCH: 0.0254, CENTIMETER: 0.01}.get(_integer(tag(RESOLUTION_UNIT)))
    return _physical(_ratio(tag(X_RESOLUTION)), _ratio(tag(Y_RESOLUTION)), meters, kind)


def _of_jfif(image: PIL.Image.Image) -> Found | None:
    """Density of a JFIF header; Pillow's "dpi" is made up where there is none."""
    across, down = image.info.get("jfif_density", (None, None))
    meters = {1: 0.0254, 2: 0.01}.get(_integer(image.info.get("jfif_unit")))
    return _physical(_ratio(across), _ratio(down), meters, "JFIF")


def _of_png(data: bytes) -> Found | None:
    """Pixels per metre in a pHYs chunk before the pixels."""
    at = data.find(b"pHYs", 8, data.find(b"IDAT", 8)) if data[:4] == b"\x89PNG" else -1
    if at < 0 or len(data) < at + 13:
        return None
    across, down, unit = struct.unpack_from(">IIB", data, at + 4)
    return _physical(_ratio(across), _ratio(down), 1.0 if unit == 1 else None, "PNG")


def _physical(across: float | None, down: float | None, meters: float | None, kind: str) -> Found | None:
    """Pixels per so many metres as the size of a pixel, unless it is what programs write where they know nothing."""
    if meters is None or across is None or down is None:
        return None
    per_inch = [resolution * 0.0254 / meters for resolution in (across, down)]
    if all(min(abs(value - known) for known in PLACEHOLDERS) < 0.5 for value in per_inch) or across == down == 1:
        return None
    return meters / down, meters / across, kind


def _integer(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return 0


def _ratio(value: object) -> float | None:
    """A resolution as a positive number; tags hold it as a pair or a fraction."""
    try:
        number = value[0] / value[1] if isinstance(value, tuple) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if 0 < number < float("inf") else None
