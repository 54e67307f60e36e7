"""The preview of the camera in a raw file, where that is asked for."""

import PIL.Image

from ....exceptions import ImageReadError
from ...color.color_signals import COLOR_SPACE, INTEROPERABILITY
from ..checks import Decoded, Wanted
from ..jpeg import BASELINE, Frame, decode_jpeg, frame_of
from ..pixels import EXIF_ORIENTATION
from ._places import exif_of, places_of_previews

_EXIF = 0x8769  # tag of the part of EXIF metadata that holds the one on interoperability
_LOOKED_AT = 32  # places; cameras write two to four


def decode_preview(data: bytes, wanted: Wanted) -> Decoded | None:
    """Decode the largest JPEG in a raw file of a camera.

    Parameters
    ----------
    data : bytes
        Content of a file.
    wanted : Wanted
        Limits, as for other files.

    Returns
    -------
    decoded : Decoded or None
        Upright; None where the file is none of a camera.

    Raises
    ------
    ImageReadError
        When there is no preview, or none that is a whole JPEG.
    """
    places = places_of_previews(data)
    if places is None:
        return None
    best, size, has_exif = b"", 0, False
    for start, length in places.jpegs[:_LOOKED_AT]:
        jpeg = data[start : start + length]
        frame = _frame_of(jpeg) if len(jpeg) == length else None
        if frame is not None and frame.height * frame.width > size:
            best, size, has_exif = jpeg, frame.height * frame.width, bool(frame.exif)
    if not best:
        raise ImageReadError(
            "expected a JPEG preview in the raw file of a camera, found none. Develop it, e.g. "
            "rawpy.imread(path).postprocess(), and pass the array."
        )
    return decode_jpeg(best if has_exif else _with_exif(best, exif_of(places.exif)), wanted)


def _frame_of(jpeg: bytes) -> Frame | None:
    """Header of a preview; None of the mosaic, which is often a lossless JPEG, and of what is no JPEG."""
    try:
        frame = frame_of(jpeg) if jpeg.startswith(b"\xff\xd8\xff") else None
    except Exception:  # damaged in any way
        return None
    return frame if frame is not None and frame.kind in BASELINE and frame.n_bits == 8 else None


def _with_exif(jpeg: bytes, exif: PIL.Image.Exif) -> bytes:
    """A JPEG with what the raw file says of all its images: how they are turned, and whether they are in Adobe RGB."""
    kept = PIL.Image.Exif()
    if (orientation := exif.get(EXIF_ORIENTATION)) is not None:
        kept[EXIF_ORIENTATION] = orientation
    if (color_space := exif.get_ifd(INTEROPERABILITY).get(COLOR_SPACE)) is not None:
        kept.get_ifd(_EXIF)[INTEROPERABILITY] = {COLOR_SPACE: color_space}
    block = kept.tobytes()
    return jpeg[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + jpeg[2:]
