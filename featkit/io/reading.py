"""From files to images: `read_image`, `ImageReader`. The only place that opens image files."""

import os
import warnings
from collections.abc import Callable, Collection
from functools import partial
from numbers import Integral
from typing import Any, BinaryIO, Self, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import ArrayLike

from ..base.image_transformer import ImageTransformer
from ..exceptions import ImageFormatError, ImageReadError, ImageReadWarning
from ..image.batches import apply_to_each, check_images, unpack_batch
from ..image.checks import Image, check_image
from ..parameters import Interval, StrOptions
from .decoding import check_pixel_count, decode_image, pillow_pixels

MAX_PIXELS = 100_000_000
_SOURCES = (str, os.PathLike, bytes, bytearray, memoryview, PIL.Image.Image, np.ndarray)  # and file objects

Source: TypeAlias = (
    str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | PIL.Image.Image | np.ndarray
)  # what `read_image` takes
Sources: TypeAlias = np.ndarray | Collection[Source]  # what `ImageReader` takes


def read_image(source: Source, *, min_size: int | None = None, max_pixels: int = MAX_PIXELS) -> Image:
    """Read one image from wherever it is.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file object, PIL.Image.Image or ndarray
        A path; the content of a file; an open file, read from its position, which is restored; a Pillow image; or
        an image array, which is checked and returned as it is. JPEG, PNG, TIFF, WebP, GIF, BMP and PBM/PGM/PPM
        are told apart by their content, never by their name.
    min_size : int or None, default=None
        A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, which is several times faster, as long as its shorter
        side keeps at least this many pixels. Other formats come in full size.
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.

    Returns
    -------
    image : ndarray (height, width) or (height, width, 3) or (height, width, 4)
        Gray, RGB or RGBA, turned upright by the EXIF orientation. uint8; uint16 where the file has more than 8
        bits (PNG, TIFF, PGM), by the range of the dtype; float for a float TIFF, whose values must be in [0, 1].
        1-bit pictures become gray 0 and 255, palettes RGB, CMYK RGB (colour profiles are not applied); an
        alpha plane, a transparent palette entry or colour makes RGBA. Of several pictures the first is read.

    Raises
    ------
    ImageReadError
        When the source is missing, a directory, empty, of unknown format, incomplete or too large; ``.path`` has
        the path where there is one.
    ImageFormatError
        When an array is not an image, or the source is of no known kind.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from PIL import Image
    >>> from featkit import read_image
    >>> file = io.BytesIO()
    >>> Image.new("LA", (6, 4), (128, 255)).save(file, "PNG")
    >>> read_image(file.getvalue()).shape
    (4, 6, 4)
    """
    _check_source(source)
    if isinstance(source, np.ndarray):
        return check_image(source)
    path = _path_of(source)
    try:
        if isinstance(source, PIL.Image.Image):
            check_pixel_count(*source.size, max_pixels)
            return check_image(pillow_pixels(source))
        return decode_image(_content(source), min_size=min_size, max_pixels=max_pixels)
    except (ImageReadError, ImageFormatError) as error:
        raise ImageReadError(f"{path or _kind(source)}: {error}", path) from error.__cause__
    except Exception as error:  # decoders fail on damaged files in any way there is
        raise ImageReadError(
            f"{path or _kind(source)}: expected a whole image file, the decoder says: {error}. Replace the file.", path
        ) from error


def _kind(source: Any) -> str:
    return f"{type(source).__name__} source"


def _check_source(source: Any) -> None:
    if not (isinstance(source, _SOURCES) or hasattr(source, "read")):
        raise ImageFormatError(
            "Expected a path, the bytes of a file, a file object, a PIL image or an array, "
            f"got {type(source).__name__} {source!r:.60}. Leave out rows without an image."
        )


def _path_of(source: Any) -> str | None:
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    name = getattr(source, "filename" if isinstance(source, PIL.Image.Image) else "name", None)
    return os.fspath(name) if name and isinstance(name, (str, os.PathLike)) else None


def _content(source: Any) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if hasattr(source, "read"):
        return _content_of_stream(source)
    try:
        with open(source, "rb") as file:
            return file.read()
    except FileNotFoundError as error:
        raise ImageReadError("expected an image file, there is none of this name. Check the path.") from error
    except OSError as error:
        if os.path.isdir(source):
            raise ImageReadError(
                "expected an image file, got a directory. list_images(folder) gives the paths of its images."
            ) from error
        raise ImageReadError(f"expected a readable file, got: {error.strerror}. Check its permissions.") from error


def _content_of_stream(stream: BinaryIO) -> bytes:
    position = stream.tell() if stream.seekable() else None
    content = stream.read()
    if position is not None:
        stream.seek(position)  # so that the same batch can be read twice: in fit and in transform
    if not isinstance(content, bytes):
        raise ImageReadError("expected a file opened for bytes, it gave text. Open it with mode 'rb'.")
    return content


_WAYS_ON = "to go on without it: ImageReader.find_errors names such files, on_error='blank' reads them as blanks"


class ImageReader(ImageTransformer):
    """Read every source of a batch, whatever its kind, into an image: the first step of a pipeline.

    Parameters
    ----------
    min_size : int or None, default=None
        A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size as long as its shorter side keeps this many pixels;
        choose the size of the `Resizer` behind. See `read_image`.
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.
    on_error : {"raise", "blank"}, default="raise"
        What to do with a source that cannot be read. ``"blank"`` puts one fully transparent pixel in its place, a
        uint8 array ``(1, 1, 4)`` of zeros, and warns with an `ImageReadWarning` that names the source: no row is
        lost, and to later steps it is an image without foreground (measurements of its region are NaN).
        `find_errors` tells in advance which sources these are.

    Notes
    -----
    Stateless: ``fit`` looks at the kinds of the sources but opens none. Mixed sizes, dtypes and kinds of
    source are welcome. Alpha is kept. An array that is no image raises `ImageFormatError` in any case.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from PIL import Image
    >>> from featkit import ImageReader
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (6, 4)).save(file, "BMP")
    >>> sources = [file.getvalue(), Image.new("L", (5, 5)), np.zeros((4, 4), dtype=np.uint16)]
    >>> [image.shape for image in ImageReader().fit_transform(sources)]
    [(4, 6, 3), (5, 5), (4, 4)]
    """

    parameter_constraints = {
        "min_size": [Interval(Integral, 1, None, closed="left"), None],
        "max_pixels": [Interval(Integral, 1, None, closed="left")],
        "on_error": [StrOptions({"raise", "blank"})],
    }

    def __init__(self, *, min_size: int | None = None, max_pixels: int = MAX_PIXELS, on_error: str = "raise") -> None:
        self.min_size = min_size
        self.max_pixels = max_pixels
        self.on_error = on_error

    def fit(self, X: Sources, y: ArrayLike | None = None) -> Self:
        """Check the parameters and the kinds of the sources; no source is opened.

        Parameters
        ----------
        X : batch of sources
            Paths, bytes, file objects, Pillow images or arrays, see `read_image`.
        y : ignored

        Returns
        -------
        self : object
        """
        self._validate_params()
        _check_sources(X)
        return self

    def transform(self, X: Sources) -> Any:
        """Read every source.

        Parameters
        ----------
        X : batch of sources
            See `read_image`.

        Returns
        -------
        images : ndarray or list of ndarray
            A stack ``(n_images, height, width[, 3 or 4])`` where all images agree in shape and dtype, else a list.
        """
        return self.transform_batch(X)  # type: ignore[arg-type]  # other steps take images, this one sources

    def find_errors(self, X: Sources) -> dict[int, ImageReadError]:
        """Try to read every source and collect what fails, e.g. to leave broken files out before a split.

        Parameters
        ----------
        X : batch of sources
            See `read_image`.

        Returns
        -------
        errors : dict of int to ImageReadError
            The error of each source that cannot be read, by its index.
        """
        self._validate_params()
        read = self._reading_function()
        errors = {}
        for index, source in enumerate(_check_sources(X)):
            try:
                read(source)
            except ImageReadError as error:
                errors[index] = error
        return errors

    def _reading_function(self) -> Callable[[Source], Image]:
        return partial(read_image, min_size=self.min_size, max_pixels=self.max_pixels)

    def image_transformer(self) -> Callable[[Source], Image]:
        read = self._reading_function()

        def read_or_blank(source):
            try:
                return read(source)
            except ImageReadError as error:
                if self.on_error == "raise":
                    error.add_note(_WAYS_ON)
                    raise
                warnings.warn(f"A blank stands in for {error}", ImageReadWarning, stacklevel=2)
                return np.zeros((1, 1, 4), dtype=np.uint8)

        return read_or_blank

    def read_batch(self, X: Any) -> Any:
        return _check_sources(X)


def _check_sources(X: Any) -> Any:
    items = unpack_batch(X, "path or image", "path").items
    if isinstance(items, np.ndarray) and items.dtype.kind not in "OU":
        return check_images(items)
    apply_to_each(_check_source, items)
    return items
