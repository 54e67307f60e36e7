"""The format of a file is told by its first bytes: `decode_image`."""

import re
from collections.abc import Callable

from ...exceptions import ImageReadError
from ...image.checks import checked_image
from ..stacks.channels import select_channels
from .checks import TO_DEVELOP, Decoded, Wanted
from .extras.avif import decode_avif
from .extras.dicom import decode_dicom
from .extras.heif import SIGNATURE as SIGNATURE_OF_HEIF
from .extras.heif import decode_heif
from .extras.jpeg2000 import decode_jpeg2000
from .extras.jpegxl import decode_jpegxl
from .jpeg import decode_jpeg
from .pillow import decode_bmp, decode_gif, decode_pnm
from .png import decode_png
from .raw.previews import decode_preview
from .tiff import decode_tiff
from .webp import decode_webp

_TONES = (
    "Its values are light without an upper end: read them (cv2.imread(path, cv2.IMREAD_UNCHANGED)[..., ::-1]), choose "
    "which value is white, and pass np.clip(values / white, 0, 1) ** (1 / 2.2)"
)
BEGINNINGS_IN_BASE64 = "iVBORw0KGgo|/9j/|R0lGOD|UklGR|SUkqA|TU0AK"  # PNG, JPEG, GIF, WebP, TIFF in both orders
_OTHER_FORMATS = {
    rb"....ftypcrx": ("a raw file of a camera (CR3)", TO_DEVELOP),
    rb"FUJIFILMCCD-RAW|IIU\x00|IIRO|IIRS|FOVb": ("a raw file of a camera", TO_DEVELOP),
    rb"SIMPLE  =": ("a FITS file", "Read it with astropy, rescale its pixels to uint16, and pass the array"),
    rb"\x76\x2f\x31\x01": ("an OpenEXR file", _TONES),
    rb"#\?RADIANCE|#\?RGBE": ("a Radiance HDR file", _TONES),
    rb"P[fF]\s": ("a PFM file", _TONES),
    rb"P7\s": ("a PAM file", "Save it as PNG"),
    rb"\x93NUMPY": ("an array of NumPy", "Pass numpy.load(path)"),
    rb"\x89HDF\r\n": ("an HDF5 file", "Read the array with h5py, and pass it"),
    rb"8BPS": ("a Photoshop file", "Save it as PNG or TIFF"),
    rb"%PDF": ("a PDF file", "Save its pages as PNG"),
    rb"\s*<(svg|\?xml)": ("an XML or SVG file", "Draw it into a PNG"),
    rb"\x00\x00\x01\x00": ("an icon file", "Save it as PNG"),
    rb"PK\x03\x04": ("a zip archive", "Unpack it"),
    rb"version https://git-lfs": ("a pointer of Git LFS instead of the file", "Fetch the file: git lfs pull"),
    rb"\s*<(!doctype html|html)": ("a page of HTML, maybe of a failed download", "Fetch the image again"),
    BEGINNINGS_IN_BASE64.encode(): ("an image in base64", "Pass base64.b64decode(content)"),
    rb"(?i:data:)[ -~]{0,100};base64,": ("a data URL as bytes", "Pass it as str: content.decode()"),
    rb"[ -~]{1,1000}\.\w{3,4}\Z": ("text like a path", "Pass it as str: path.decode(), of h5py dataset.asstr()"),
}


def describe_format(data: bytes) -> tuple[str, str]:
    """What the content of a file is, and what to do with it.

    Parameters
    ----------
    data : bytes
        Content that no decoder takes.

    Returns
    -------
    kind, way_on : str
        Such as "a PDF file" and "Save its pages as PNG".
    """
    for signature, described in _OTHER_FORMATS.items():
        if re.match(signature, data, re.DOTALL):
            return described
    came = f"a file that begins with {data[:12]!r}" if data else "an empty file"
    return came, "The name of a file does not matter, its content does: convert it, or leave it out"


_DECODERS: dict[re.Pattern[bytes], Callable[[bytes, Wanted], Decoded]] = {
    re.compile(signature, re.DOTALL): decoder
    for signature, decoder in {
        rb"\xff\xd8\xff": decode_jpeg,
        rb"\x89PNG\r\n\x1a\n": decode_png,
        rb"II[*+]\0|MM\0[*+]": decode_tiff,
        rb"RIFF....WEBP": decode_webp,
        rb"GIF8[79]a": decode_gif,
        rb"BM": decode_bmp,
        rb"P[1-6][\s#]": decode_pnm,
        rb"....ftyp(avi[fs]|mif1(?:.{4}){1,12}?avif)": decode_avif,
        SIGNATURE_OF_HEIF: decode_heif,
        rb"\xff\x0a|\x00\x00\x00\x0cJXL ": decode_jpegxl,
        rb".{128}DICM": decode_dicom,
        rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51": decode_jpeg2000,
    }.items()
}


def with_channels(decoded: Decoded, wanted: Wanted) -> Decoded:
    """The channels that are wanted of an image that is not part of a stack."""
    if wanted.projection is not None:
        raise ImageReadError("expected a stack of planes in a TIFF file, got one image. Leave projection=None.")
    if wanted.channel is None:
        return decoded
    return decoded._replace(pixels=select_channels(decoded.pixels, wanted.channel))


def decode_image(data: bytes, wanted: Wanted) -> Decoded:
    """Decode the content of an image file.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, TIFF, WebP, GIF, BMP, PBM/PGM/PPM, AVIF, HEIC, JPEG 2000, JPEG XL or DICOM.
    wanted : Wanted
        Limits, and the page of a file with several.

    Returns
    -------
    decoded : Decoded
        The pixels, ndarray (height, width[, 3 or 4]), and what they leave out.

    Raises
    ------
    ImageReadError
        When the content is unknown, incomplete or too large. Decoders raise errors of their own, too.
    """
    if wanted.raw_preview and (preview := decode_preview(data, wanted)) is not None:
        return with_channels(preview, wanted)
    for signature, decoder in _DECODERS.items():
        if signature.match(data):
            decoded = decoder(data, wanted)
            if decoder is not decode_tiff:
                decoded = with_channels(decoded, wanted)
            return Decoded(checked_image(decoded.pixels), decoded.left_out)
    kind, way_on = describe_format(data)
    raise ImageReadError(
        "expected JPEG, PNG, TIFF, WebP, GIF, BMP, PNM, AVIF, HEIC, JPEG 2000, JPEG XL or DICOM content, got "
        f"{kind}. {way_on}."
    )
