"""From a file to an image: `read_image`. With `masks.py` the only place that opens image files."""

import base64
import os
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, TypeVar
from urllib.parse import unquote

import numpy as np
import PIL.Image

from ..exceptions import ImageFormatError, ImageReadError, LeftOutWarning, shown, shown_path
from ..image.checks import Image, check_element, checked_image
from ..parameters import COUNT, INDEX, check_number, check_option, remembered
from .color.color_profiles import COLOR_PROFILE_MODES
from .formats.checks import Decoded, Wanted, check_pixel_count
from .formats.decoding import BEGINNINGS_IN_BASE64, decode_image, with_channels
from .formats.pillow import pillow_pixels
from .places import MAX_BYTES, check_size, is_url, read_at_most, read_file, read_place
from .sources import HeldFile, Source, check_source, is_missing, is_tensor
from .stacks.channels import Channels, check_channels
from .stacks.page_paths import part_of_path
from .stacks.projection import PROJECTIONS
from .stacks.video import read_frame

MAX_PIXELS = 100_000_000
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]\s*){64}")
_DECODE_BASE64 = "Is it the content as base64? Pass base64.b64decode(text)."

Loaded = TypeVar("Loaded")


def read_image(
    source: Source,
    *,
    min_size: int | None = None,
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
    page: int | None = None,
    color_profile: str = "convert",
    channel: Channels = None,
    projection: str | None = None,
    raw_preview: bool = False,
) -> Image:
    """Read one image from a path, bytes, an open file, a Pillow image or an array.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file object, PIL.Image.Image, dict or ndarray
        A path, or a URL that fsspec opens (extra ``remote``); the content of a file; an open file, read from its
        position, which is restored; a Pillow image; a dict with ``"bytes"`` or ``"path"``, as data sets of Hugging Face
        have; a data URL (``data:image/png;base64,...``); a tensor in memory that gives NumPy its values; or an image
        array, which is checked and returned as it is. A path may end with ``#page=3`` for a page
        (see `list_images`), and that of a video with ``#frame=25`` (see `featkit.io.list_frames`). JPEG, PNG, TIFF,
        WebP, GIF, BMP, PBM/PGM/PPM, AVIF, HEIC, JPEG 2000, JPEG XL and DICOM are told apart by their content, never by
        their name. DICOM needs the extra ``dicom``. Some kinds need the extra ``formats``: HEIC, JPEG XL, AVIF and JPEG
        2000 of more than 8 bits, JPEG of 12 bits, lossless JPEG, JPEG-LS, and TIFF with packed samples of 10, 12 or 14
        bits or with a compression such as ZSTD or JPEG 2000.
    min_size : int or None, default=None
        A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, which is several times faster, as long as its shorter
        side keeps at least this many pixels. Other formats come in full size.
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.
    max_bytes : int, default=1_000_000_000
        Largest file, in bytes: checked before it is read (size on disk, ``Content-Length``) and while it is read.
    page : int or None, default=None
        Page of a TIFF or frame of a GIF, WebP or PNG animation, from 0. None reads the first image that is no
        preview, and warns where there are others.
    color_profile : {"convert", "ignore", "raise"}, default="convert"
        What to do with a color space that is not sRGB, such as Display P3 or Adobe RGB, embedded as an ICC profile or
        named by code points (PNG, AVIF, HEIC) or a gamma (PNG): convert the pixels to sRGB, take them as they are, or
        refuse the file. Without any they are taken for sRGB. A high dynamic range (PQ, HLG) is refused unless ignored.
    channel : int, str, sequence of three or None, default=None
        One channel, which becomes a gray image, or three of them for red, green and blue (None for a dark one): by
        number, from 0, or by the name that OME, ImageJ or GDAL metadata give it; of RGB and RGBA also "red", "green",
        "blue", "alpha". Files and arrays may have any number of channels then. None reads gray, RGB or RGBA.
    projection : {"max", "mean", "sharpest"} or None, default=None
        How the planes of a TIFF stack with an axis Z (OME, ImageJ), or of a TIFF file without named axes, become one
        image: by the largest value of each pixel, by its mean, or by taking the whole plane whose Laplacian varies
        most. `page` counts the images that remain then, such as the times of the stack.
    raw_preview : bool, default=False
        Of a raw file of a camera (CR2, CR3, NEF, ARW, DNG, RAF), read the largest JPEG that the camera stored in it,
        upright; it is often smaller than the photo. False refuses such files, whose mosaic is not developed here.

    Returns
    -------
    image : ndarray (height, width) or (height, width, 3) or (height, width, 4)
        Gray, RGB or RGBA, turned upright by the orientation of the file. uint8; uint16 where the file has more than 8
        bits, white of any depth being 65535; float for a float TIFF, whose values must be in [0, 1]. 1-bit images
        become gray 0 and 255 (`read_mask` makes a mask of them), palettes RGB, CMYK RGB; an alpha channel, a
        transparent palette entry or color makes RGBA.

    Raises
    ------
    ImageReadError
        When the source is missing, a directory, empty, of unknown format, incomplete or too large; ``.path`` has
        the path where there is one.
    ImageFormatError
        When an array is not an image, or the source is of no known kind.

    Warns
    -----
    LeftOutWarning
        When a file holds more pages or frames than the one that was read, or a channel that it does not call alpha.
    ImageValueWarning
        When a color profile is broken or of another kind than the pixels, which are then kept as they are; or when
        it can be applied to pixels of 16 bits with a precision of 8 bits only.

    See Also
    --------
    ImageReader : Read a batch, as the first step of a pipeline.
    read_mask : Read a file that holds a mask or labels.
    list_images : List the images of a folder.

    Notes
    -----
    Color profiles are applied relative to their white point (relative colorimetric intent) with black point
    compensation, and colors outside sRGB are clipped. Gray, and RGB of a profile with primaries, are converted by its
    curves and matrix [1]_, with the precision of the dtype. Lookup tables (CMYK, scanners, printers) are applied by
    littleCMS; to 16 bits with a precision of 8. A profile of which curves and
    primaries are those of sRGB, to within a step of 8 bits, changes no pixel. Alpha is never changed.

    A TIFF stack is what tifffile takes for the first series of the file. Where `channel` or `projection` is given,
    `page` counts the images that remain beside channels and projected planes, in the order of the axes: of
    TCZYX with a channel and a projection the times, with a channel alone all times and depths. The sharpest plane [2]_
    is one plane for all channels.

    References
    ----------
    .. [1] International Color Consortium, "Specification ICC.1:2022, Image technology colour management", 2022.
    .. [2] J. L. Pech-Pacheco, G. Cristobal, J. Chamorro-Martinez, J. Fernandez-Valdivia, "Diatom autofocusing in
       brightfield microscopy: a comparative study", ICPR 2000, doi:10.1109/ICPR.2000.903548.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> from featkit import read_image
    >>> file = io.BytesIO()
    >>> Image.new("LA", (6, 4), (128, 255)).save(file, "PNG")
    >>> read_image(file.getvalue()).shape
    (4, 6, 4)
    """
    wanted = _wanted(min_size, max_pixels, page, color_profile, max_bytes, projection)
    if raw_preview:
        wanted = wanted._replace(raw_preview=True)
    if channel is not None:
        wanted = wanted._replace(channel=check_channels("channel", channel))
    image, left_out = load_image(source, wanted)
    if left_out:
        warnings.warn(what_was_left_out(source, left_out), LeftOutWarning, stacklevel=2)
    return image


@remembered  # a small file is read in the time of ten checks
def _wanted(min_size: Any, max_pixels: Any, page: Any, color_profile: Any, max_bytes: Any, projection: Any) -> Wanted:
    """Check the parameters of `read_image`."""
    if min_size is not None:
        min_size = check_number("min_size", min_size, COUNT)
    if page is not None:
        page = check_number("page", page, INDEX)
    check_option("color_profile", color_profile, COLOR_PROFILE_MODES)
    max_pixels, max_bytes = check_number("max_pixels", max_pixels, COUNT), check_number("max_bytes", max_bytes, COUNT)
    check_option("projection", projection, (*PROJECTIONS, None))
    return Wanted(min_size, max_pixels, page, color_profile, max_bytes, projection=projection)


def load_image(source: Any, wanted: Wanted) -> Decoded:
    """Image of a source and what of the file it leaves out; all errors of decoders become `ImageReadError`."""
    check_source(source)
    if is_tensor(source) and not is_missing(source):
        source = source if isinstance(source, np.ndarray) else check_element(source)
        return _checked(with_channels(Decoded(source), wanted))

    def of_pillow(image):
        return _checked(with_channels(Decoded(pillow_pixels(image, wanted.color_profile)), wanted))

    return load(source, wanted, of_pillow, decode_image)


def _checked(decoded: Decoded) -> Decoded:
    return decoded._replace(pixels=checked_image(decoded.pixels))


def load(
    source: Any,
    wanted: Wanted,
    of_pillow: Callable[[PIL.Image.Image], Loaded],
    of_content: Callable[[bytes, Wanted], Loaded],
) -> Loaded:
    """Decode a source by one of two functions, of a Pillow image or of the content of a file."""
    if is_missing(source):
        raise ImageReadError(
            f"expected an image, this row has none ({shown(source)}). Fill it in, or leave the row out."
        )
    source = source.as_py() if hasattr(source, "as_py") else source
    path = path_of(source)
    if not isinstance(source, str) and isinstance(source, Mapping):
        source = source["path"] if is_missing(source.get("bytes")) else source["bytes"]
    kind = type(source)
    part = part_of_path(source)
    if part is not None:
        wanted = wanted if part.page is None else _with_page(wanted, part.page, _name_of(path, kind))
        source = source if isinstance(source, HeldFile) else part.path
    try:
        if part is not None and part.frame is not None:
            return of_pillow(PIL.Image.fromarray(read_frame(part.path, part.frame, wanted.max_pixels)))
        if isinstance(source, PIL.Image.Image):
            check_pixel_count(*source.size, wanted.max_pixels)
            return of_pillow(source)
        return of_content(content_of(source, wanted.max_bytes), wanted)
    except (ImageReadError, ImageFormatError) as error:
        name = _name_of(path, kind)
        text = str(error).removeprefix(f"{path}: ").removeprefix(f"{name}: ")
        raise ImageReadError(f"{name}: {text}", path) from error.__cause__
    except MemoryError as error:
        raise ImageReadError(
            f"{_name_of(path, kind)}: expected an image that fits into memory, it does not. Lower max_pixels, or "
            "give min_size.",
            path,
        ) from error
    except Exception as error:  # decoders fail on damaged files in any way there is
        raise ImageReadError(
            f"{_name_of(path, kind)}: expected a whole image file, the decoder says: {error}. "
            "If another program opens it, save it there as PNG; else copy it again from its source.",
            path,
        ) from error


def _name_of(path: str | None, kind: type) -> str:
    return shown_path(path) if path else f"{kind.__name__} source"


def _with_page(wanted: Wanted, page: int, name: str) -> Wanted:
    if wanted.page not in (None, page):
        raise ImageReadError(f"{name}: expected one page, got this path and page={wanted.page}.", name)
    return wanted._replace(page=page)


def what_was_left_out(source: Any, left_out: str) -> str:
    """Sentence about a file of which only a part was read."""
    path = path_of(source)
    return f"{shown_path(path) if path else 'The file'}: {left_out}"


def path_of(source: Any) -> str | None:
    """Path of a source, where it has one."""
    if type(source) is str:
        return source
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        return str(path) if isinstance(path, str) else path  # of a held file the path alone
    if isinstance(source, Mapping):
        return source.get("path") if isinstance(source.get("path"), str) else None
    name = getattr(source, "filename" if isinstance(source, PIL.Image.Image) else "name", None)
    return os.fspath(name) if name and isinstance(name, (str, os.PathLike)) else None


def content_of(source: Any, max_bytes: int = MAX_BYTES) -> bytes:
    if isinstance(source, HeldFile):
        check_size(len(source.content), max_bytes)
        source.is_read = True
        return source.content
    if isinstance(source, (bytes, bytearray, memoryview)):
        check_size(memoryview(source).nbytes, max_bytes)
        return bytes(source)
    if hasattr(source, "read"):
        return _content_of_stream(source, max_bytes)
    if isinstance(source, str) and source[:5].lower() == "data:":
        return _content_of_data_url(source, max_bytes)
    if is_url(source):
        return read_place(source, max_bytes)
    try:
        return read_file(source, max_bytes)
    except ImageReadError:
        raise
    except FileNotFoundError as error:
        is_base64 = isinstance(source, str) and re.match(BEGINNINGS_IN_BASE64, source)
        hint = _DECODE_BASE64 if is_base64 else "Check the path."
        raise ImageReadError(f"expected an image file, there is none of this name. {hint}") from error
    except OSError as error:
        if os.path.isdir(source):
            raise ImageReadError(
                "expected an image file, got a directory. list_images(folder) gives the paths of its images."
            ) from error
        hint = "Check its permissions."
        if isinstance(source, str) and _BASE64.match(source):
            hint = _DECODE_BASE64
        raise ImageReadError(f"expected a readable file, got: {error.strerror}. {hint}") from error


def _content_of_data_url(url: str, max_bytes: int) -> bytes:
    head, comma, text = url.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise ImageReadError("expected a data URL 'data:image/png;base64,...', got another. Pass the bytes instead.")
    check_size(3 * len(text) // 4 - 2, max_bytes)
    try:
        return base64.b64decode("".join(unquote(text).split()), validate=True)
    except ValueError as error:
        raise ImageReadError(f"expected a data URL with whole base64 text, got: {error}.") from error


def _content_of_stream(stream: BinaryIO, max_bytes: int) -> bytes:
    position = stream.tell() if stream.seekable() else None
    try:
        return read_at_most(stream, max_bytes)
    finally:
        if position is not None:
            stream.seek(position)  # so that the same batch can be read twice: in fit and in transform
