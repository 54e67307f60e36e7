"""A file that holds a mask or labels becomes a mask: `read_mask`."""

import glob
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from ..exceptions import ImageFormatError, ImageReadError, LeftOutWarning, shown
from ..image.checks import check_unmasked
from ..image.masks.explanation import explain_mask
from ..parameters import COUNT, INDEX, check_number, check_option
from ._mask_meaning import labels_of, mask_of
from .formats.checks import Decoded, Wanted
from .formats.mask_values import MaskValues, decode_mask_values, mask_values_of_pillow
from .places import MAX_BYTES
from .reading import MAX_PIXELS, load, what_was_left_out
from .sources import Source, check_source, is_missing
from .stacks.page_paths import file_of_path

MASK_KINDS = ("auto", "labels", "soft", "dark")


def read_mask(
    source: Source,
    *,
    label: int | None = None,
    mask_kind: str = "auto",
    max_pixels: int = MAX_PIXELS,
    max_bytes: int = MAX_BYTES,
    page: int | None = None,
) -> np.ndarray:
    """Read a mask file (1-bit, 0/255, label image, palette indices) as a boolean mask.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file object, PIL.Image.Image, dict or ndarray
        As for `read_image`; of a file the stored values count: palette indices instead of their colors (PASCAL VOC),
        labels of uint8 to int32 (Cellpose, `skimage.measure.label`), whole numbers in a float TIFF (ImageJ). In a
        palette of grays the grays count; of an image with transparency its alpha channel. A TIFF file of 1 bit is
        True where it is white, but as the array was where tifffile wrote it (which stores True as black).
    label : int or None, default=None
        The label that is foreground; None takes all labels but 0, the background, and 255 where it is the void of
        PASCAL VOC: in a palette with colors, and beside other labels of 8 bits.
    mask_kind : {"auto", "labels", "soft", "dark"}, default="auto"
        What the values mean: labels; how much of a pixel is foreground, of which one half and more is taken; or how
        much is background, of which less than one half is taken (dark objects on white).
        ``"auto"`` takes what can mean only one thing: two values of which one is 0, labels in a row (0, 1, 2, ...,
        up to 64 of 8 bits), a palette with colors; in a JPEG values near 0 and 255. All else is refused.
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.
    max_bytes : int, default=1_000_000_000
        Largest file, in bytes: checked before it is read (size on disk, ``Content-Length``) and while it is read.
    page : int or None, default=None
        Page of a TIFF or frame of an animation, from 0; None reads the first and warns where there are others.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground. Touching labels are kept apart, see `featkit.image.separate_labels`.

    Raises
    ------
    ImageReadError
        When the source cannot be read, or its values may mean several things; ``.path`` has the path where there is
        one.
    ImageFormatError
        When an array is no mask, or the source is of another kind (COCO's RLE, a polygon): the message names the
        line that makes a mask of it.

    Warns
    -----
    LeftOutWarning
        When a file holds more pages or frames than the one that was read.
    ImageValueWarning
        When labels touch: the smaller one gives way by a line of one pixel.

    See Also
    --------
    ImageReader : Read a batch, with ``as_mask=True`` or a `mask_pattern`.
    read_image : Read the same files as images.
    featkit.image.alpha.join_alpha : Write a mask into an image.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from PIL import Image
    >>> from featkit import read_mask
    >>> file = io.BytesIO()
    >>> Image.fromarray(np.array([[1, 0, 2], [1, 0, 255]], dtype=np.uint8)).save(file, "PNG")
    >>> read_mask(file.getvalue()).astype(int)
    array([[1, 0, 1],
           [1, 0, 0]])
    >>> read_mask(file.getvalue(), label=2).sum()
    np.int64(1)
    """
    check_option("mask_kind", mask_kind, MASK_KINDS)
    if label is not None:
        label = check_number("label", label, INDEX)
    if page is not None:
        page = check_number("page", page, INDEX)
    max_pixels, max_bytes = check_number("max_pixels", max_pixels, COUNT), check_number("max_bytes", max_bytes, COUNT)
    wanted = Wanted(None, max_pixels, page, max_bytes=max_bytes)
    mask, left_out = load_mask(source, label, mask_kind, wanted)
    if left_out:
        warnings.warn(what_was_left_out(source, left_out), LeftOutWarning, stacklevel=2)
    return mask


def read_labels(
    source: Source, *, unknown: int | None = None, max_pixels: int = MAX_PIXELS, page: int | None = None
) -> np.ndarray:
    """Read a label image, in which the pixels of one value are one object.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file object or PIL.Image.Image
        Of a file the stored values count, as for `read_mask`.
    unknown : int or None, default=None
        Stored value of pixels of which nothing is known: they become -1 (for `featkit.ForegroundClassifier`). None
        takes every value for a label.
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.
    page : int or None, default=None
        Page of a TIFF or frame of an animation, from 0; None reads the first.

    Returns
    -------
    labels : int32 ndarray (height, width), or bool where there are only two values, of which one is 0
        0 is background, and so is 255 where it is the void of PASCAL VOC and not `unknown`; with `unknown` always
        int32.

    Raises
    ------
    ImageReadError
        When the source cannot be read, or holds no labels.

    See Also
    --------
    read_mask : All labels together as one foreground.
    featkit.objects.find_objects : The objects of a label image.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from PIL import Image
    >>> from featkit.io import read_labels
    >>> file = io.BytesIO()
    >>> Image.fromarray(np.array([[0, 1, 2], [0, 1, 2]], dtype=np.uint8)).save(file, "PNG")
    >>> read_labels(file.getvalue())
    array([[0, 1, 2],
           [0, 1, 2]], dtype=int32)
    """
    check_source(source)
    if page is not None:
        page = check_number("page", page, INDEX)
    if unknown is not None:
        unknown = check_number("unknown", unknown, INDEX)
    wanted = Wanted(None, check_number("max_pixels", max_pixels, COUNT), page)
    found: MaskValues = load(source, wanted, mask_values_of_pillow, decode_mask_values)
    try:
        return labels_of(found, unknown)
    except ImageFormatError as error:
        path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
        raise ImageReadError(f"{path or type(source).__name__ + ' source'}: {error}", path) from None


def load_mask(source: Any, label: int | None, mask_kind: str, wanted: Wanted) -> Decoded:
    """Mask of a source, and what of the file it leaves out."""
    if isinstance(source, np.ndarray) and not is_missing(source):
        check_unmasked(source)
        if source.ndim != 2:
            raise ImageFormatError(explain_mask(source))
        return Decoded(mask_of(MaskValues(source), label, mask_kind))
    try:
        check_source(source)
    except ImageFormatError as error:
        raise ImageFormatError(explain_mask(source)) from error
    values: MaskValues = load(source, wanted, mask_values_of_pillow, decode_mask_values)
    try:
        return Decoded(mask_of(values, label, mask_kind), values.left_out)
    except ImageFormatError as error:
        path = os.fspath(source) if isinstance(source, (str, os.PathLike)) else None
        raise ImageReadError(f"{path or type(source).__name__ + ' source'}: {error}", path) from None


def file_beside(path: str, pattern: str) -> str:
    """The file that a pattern makes of the path of an image.

    Parameters
    ----------
    path : str
        Of the image, or of a page of its file.
    pattern : str
        With ``{parent}``, ``{folder}``, ``{stem}``, ``{suffix}``, and ``*`` for anything.

    Returns
    -------
    path : str

    Raises
    ------
    ImageReadError
        When there is none, or several.
    """
    place = Path(file_of_path(path))
    parts = {"parent": str(place.parent.parent), "folder": place.parent.name}
    parts |= {"stem": place.stem, "suffix": place.suffix}
    try:
        name = pattern.format(**parts)
        found = pattern.format(**{key: glob.escape(part) for key, part in parts.items()})
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(
            f"Expected a pattern with {{parent}}, {{folder}}, {{stem}} and {{suffix}}, "
            f"got {shown(pattern)}: {shown(error)}."
        ) from error
    files = sorted(glob.glob(found)) if "*" in pattern else [name]
    if len(files) != 1:
        raise ImageReadError(f"{path}: expected one mask file {name}, found {len(files)}. Change mask_pattern.", path)
    return files[0]
