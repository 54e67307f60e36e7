"""When and with what an image was taken, and how large its pixels are, by its metadata: `read_metadata`."""

import io
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from xml.etree import ElementTree

import PIL.Image

from ...exceptions import ImageReadError
from ..formats.extras._boxes import boxes
from ..formats.extras.dicom import is_dicom, read_dicom_header
from ..formats.extras.heif import is_heif, open_heif
from ..reading import content_of, path_of
from ..sources import Source
from ..stacks.page_paths import part_of_path
from .physical_size import read_physical_size

_MAKE, _MODEL, _EXIF_IFD, _TAKEN, _OFFSET = 271, 272, 0x8769, 36867, 36881  # EXIF tags
_TIFF = (b"II*\0", b"MM\0*")
_DATE = re.compile(r"(\d{4})[-:]?(\d\d)[-:]?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")


class ImageMetadata(NamedTuple):
    """What the metadata of an image file tell for measuring; nothing about places and persons.

    Parameters
    ----------
    captured : str or None
        When the image was taken, ``"2026-11-30T14:05:09"``, with the offset from UTC where it is told.
    camera : str or None
        Maker and model of the camera, scanner or instrument.
    pixel_height, pixel_width : float
        Of a pixel of the image turned upright, in metres; NaN where OME, ImageJ, TIFF or DICOM state nothing. The
        print resolution of EXIF, JFIF and PNG is no size of what is shown, and does not count.
    """

    captured: str | None
    camera: str | None
    pixel_height: float
    pixel_width: float


def read_metadata(source: Source) -> ImageMetadata:
    """Read when and with what an image was taken, and the physical size of its pixels; no pixels are decoded.

    Parameters
    ----------
    source : str, PathLike, bytes or binary file object
        A file as `read_image` takes it.

    Returns
    -------
    metadata : ImageMetadata
        Of EXIF, OME and DICOM metadata: capture time and camera alone. Where a photo was taken, and the names of
        persons, are never looked at.

    Raises
    ------
    ImageReadError
        When the file cannot be read.

    See Also
    --------
    featkit.scale.read_pixel_size : The pixel size as a scale for measuring.
    featkit.extract_to_parquet : Has these as columns with ``metadata=True``.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> from featkit.io import read_metadata
    >>> exif, file = Image.Exif(), io.BytesIO()
    >>> exif[271], exif[272] = "Canon", "Canon EOS R5"
    >>> exif.get_ifd(0x8769)[36867] = "2026:11:30 14:05:09"
    >>> Image.new("L", (6, 4)).save(file, "JPEG", exif=exif)
    >>> read_metadata(file.getvalue())[:2]
    ('2026-11-30T14:05:09', 'Canon EOS R5')
    """
    path = path_of(source)
    part = part_of_path(source)
    content = content_of(source if part is None else part.path)
    try:
        size = read_physical_size(content, page=part and part.page).pixel_size
        captured, camera = _taken_by(content)
    except ImageReadError as error:
        raise ImageReadError(f"{path or 'The file'}: {error}", path) from error.__cause__
    except Exception as error:  # metadata may be damaged in any way
        raise ImageReadError(
            f"{path or 'The file'}: expected metadata that can be read, got: {error}.", path
        ) from error
    return ImageMetadata(captured, camera, *size)


def _taken_by(content: bytes) -> tuple[str | None, str | None]:
    """Capture time and camera."""
    if is_dicom(content):
        return _of_dicom(content)
    if content[:4] in (*_TIFF, b"II+\0", b"MM\0+"):
        import tifffile

        with tifffile.TiffFile(io.BytesIO(content)) as file:
            if file.is_ome and file.ome_metadata:
                return _of_ome(file.ome_metadata)
    exif = _exif_of(content)
    within = exif.get_ifd(_EXIF_IFD)
    return _moment(within.get(_TAKEN), within.get(_OFFSET)), _camera(exif.get(_MAKE), exif.get(_MODEL))


def _exif_of(content: bytes) -> PIL.Image.Exif:
    exif = PIL.Image.Exif()
    if is_heif(content):
        file = open_heif(io.BytesIO(content))
        exif.load(file[file.primary_index].info.get("exif") or b"")
    elif content.startswith(b"\x00\x00\x00\x0cJXL "):
        block = next((content[start:stop] for kind, start, stop in boxes(content) if kind == b"Exif"), b"")
        start = 0 if block[:4] in _TIFF else 4 + int.from_bytes(block[:4], "big")  # pillow-jxl-plugin leaves it out
        exif.load(b"Exif\0\0" + block[start:] if block else b"")
    elif not content.startswith(b"\xff\x0a"):
        with PIL.Image.open(io.BytesIO(content)) as image:
            exif = image.getexif()
            exif.get_ifd(_EXIF_IFD)  # read while the file is open
    return exif


def _of_dicom(content: bytes) -> tuple[str | None, str | None]:
    header = read_dicom_header(content)
    moment = header.get("AcquisitionDateTime")
    if not moment and header.get("AcquisitionDate"):
        moment = f"{header.get('AcquisitionDate')}{header.get('AcquisitionTime') or ''}"
    zone = re.search(r"[+-]\d{4}$", str(moment or ""))
    camera = _camera(header.get("Manufacturer"), header.get("ManufacturerModelName"))
    return _moment(moment, zone and zone[0]), camera


def _of_ome(text: str) -> tuple[str | None, str | None]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities can be made to grow without end
        return None, None
    found: dict[str, Any] = {}
    for element in ElementTree.fromstring(text.encode()).iter():
        found.setdefault(element.tag.rpartition("}")[2], element)
    date, microscope = found.get("AcquisitionDate"), found.get("Microscope")
    about: Callable[[str], Any] = (lambda name: None) if microscope is None else microscope.get
    zone = re.search(r"[+-]\d\d:\d\d$", date.text or "") if date is not None else None
    return _moment(None if date is None else date.text, zone and zone[0]), _camera(
        about("Manufacturer"), about("Model")
    )


def _moment(text: Any, zone: Any) -> str | None:
    """Date and time in ISO 8601; None where there is none, or zeros stand for it."""
    match = _DATE.match(str(text or "").strip())
    if match is None or match[1] == "0000":
        return None
    offset = _ZONE.match(str(zone or "").strip())
    return "{}-{}-{}T{}:{}:{}".format(*match.groups()) + (
        "" if offset is None else f"{offset[1]}{offset[2]}:{offset[3]}"
    )


def _camera(make: Any, model: Any) -> str | None:
    make, model = (str(text or "").strip("\0 ").replace("\0", " ") for text in (make, model))
    if model.lower().startswith(make.lower()):
        make = ""
    return f"{make} {model}".strip() or None
