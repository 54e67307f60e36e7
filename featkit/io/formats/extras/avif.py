"""AVIF files: 8 bits by Pillow, 10 and 12 bits by imagecodecs."""

import io

import PIL.Image
from PIL import features

from ....exceptions import ImageReadError
from ...color.color_profiles import to_srgb
from ...color.color_signals import profile_of_cicp
from ..checks import Decoded, Wanted, check_only_page, check_pixel_count, require_imagecodecs
from ..pillow import decode_frames
from ..pixels import full_range, orientation_of, upright
from ._boxes import item_properties


def decode_avif(data: bytes, wanted: Wanted) -> Decoded:
    """Decode an AVIF file; of an animation one frame.

    Rotation and mirroring (irot, imir) are applied once: Pillow tells of them as an EXIF orientation, which stands for
    whatever the file has in its own, and imagecodecs leaves them out (Pillow 13.0, imagecodecs 2026.3).
    """
    if not features.check("avif"):
        raise ImageReadError("It is an AVIF file, which Pillow reads from 11.3 on: pip install -U pillow.")
    known = item_properties(data)
    check_pixel_count(*known.size, wanted.max_pixels)
    header = PIL.Image.open(io.BytesIO(data), formats=("AVIF",))
    check_pixel_count(*header.size, wanted.max_pixels)
    named = known.color is not None and wanted.color_profile != "ignore" and not header.info.get("icc_profile")
    if named and known.color is not None:
        header.info["icc_profile"] = profile_of_cicp(*known.color)
    if known.n_bits == 8:
        return decode_frames(header, wanted, "AVIF")
    if getattr(header, "is_animated", False):
        raise ImageReadError(
            f"It is an animated AVIF file of {known.n_bits} bits, of which no frame is read. Save the frame as PNG."
        )
    check_only_page(wanted.page, "AVIF")
    imagecodecs = require_imagecodecs(f"an AVIF file of {known.n_bits} bits")
    pixels = full_range(imagecodecs.avif_decode(data, index=0), known.n_bits)
    pixels = to_srgb(pixels, header.info.get("icc_profile") or None, wanted.color_profile)
    return Decoded(upright(pixels, orientation_of(header.getexif)))
