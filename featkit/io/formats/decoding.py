"""The format of a file is told by its first bytes: `decode_image`."""

import re
from collections.abc import Callable

from ...exceptions import ImageReadError
from ...image.checks import check_image
from ._other_formats import describe_format
from .checks import Decoded, Wanted
from .jpeg import decode_jpeg
from .pillow import decode_bmp, decode_gif, decode_pnm
from .png import decode_png
from .tiff import decode_tiff
from .webp import decode_webp

_DECODERS: dict[bytes, Callable[[bytes, Wanted], Decoded]] = {
    rb"\xff\xd8\xff": decode_jpeg,
    rb"\x89PNG\r\n\x1a\n": decode_png,
    rb"II[*+]\0|MM\0[*+]": decode_tiff,
    rb"RIFF....WEBP": decode_webp,
    rb"GIF8[79]a": decode_gif,
    rb"BM": decode_bmp,
    rb"P[1-6][\s#]": decode_pnm,
}


def decode_image(data: bytes, wanted: Wanted) -> Decoded:
    """Decode the content of an image file.

    Parameters
    ----------
    data : bytes
        JPEG, PNG, TIFF, WebP, GIF, BMP or PBM/PGM/PPM.
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
    for signature, decoder in _DECODERS.items():
        if re.match(signature, data, re.DOTALL):
            decoded = decoder(data, wanted)
            return decoded._replace(pixels=check_image(decoded.pixels))
    kind, way_on = describe_format(data)
    raise ImageReadError(f"expected JPEG, PNG, TIFF, WebP, GIF, BMP or PNM content, got {kind}. {way_on}.")
