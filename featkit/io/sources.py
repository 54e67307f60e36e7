"""What an image may come from, alone and in a batch, and which cells of a table are empty."""

import io
import os
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import PIL.Image

from ..exceptions import ImageFormatError, shown
from ..image.batches import apply_to_each, check_images, unpack_batch

Source: TypeAlias = (
    str | os.PathLike | bytes | bytearray | memoryview | BinaryIO | PIL.Image.Image | np.ndarray | Mapping | None
)  # what `read_image` takes; None is missing
Sources: TypeAlias = np.ndarray | Collection[Source]  # what `ImageReader` takes

_KINDS = (str, os.PathLike, bytes, bytearray, memoryview, PIL.Image.Image, np.ndarray)  # and file objects


class HeldFile(str):
    """Path of a file together with its content, which readers decode: what was looked at is what is read.

    Parameters
    ----------
    path : str or PathLike
        Also of a part of a file, see `featkit.io.stacks.page_paths`.
    content : bytes
        Of the file.

    Attributes
    ----------
    beside : dict of str to HeldFile
        Masks beside an image, by their path.
    is_read : bool
        Whether a reader has taken the content.
    """

    content: bytes
    beside: "dict[str, HeldFile]"
    is_read: bool

    def __new__(cls, path: str | os.PathLike, content: bytes) -> "HeldFile":
        held = super().__new__(cls, os.fspath(path))
        held.content, held.beside, held.is_read = content, {}, False
        return held

    def __reduce__(self) -> tuple:
        return str, (str(self),)  # in another process the file is read


def is_missing(value: Any) -> bool:
    """Whether a cell of a table is empty: None, NaN, pandas' NA, Arrow's null, a masked value, blank text.

    Parameters
    ----------
    value : object
        A path, a label, or whatever stands in a row; a dict of an image whose 'bytes' and 'path' are empty is empty.

    Returns
    -------
    missing : bool
    """
    if isinstance(value, str):
        return not value.strip()
    if hasattr(value, "as_py"):  # of Arrow
        return is_missing(value.as_py())
    if value is None or value is np.ma.masked:
        return True
    if isinstance(value, Mapping):
        return ("bytes" in value or "path" in value) and all(is_missing(value.get(key)) for key in ("bytes", "path"))
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, (float, np.floating)):
        return bool(np.isnan(value))
    return type(value).__name__ in ("NAType", "NaTType")


def can_be_read_again(source: Any) -> bool:
    """Whether a source gives the same image later: open files may be closed meanwhile, or be read only once."""
    if isinstance(source, PIL.Image.Image) or (hasattr(source, "read") and not isinstance(source, io.BytesIO)):
        return False
    return not (isinstance(source, io.BytesIO) and source.closed)


def is_tensor(source: Any) -> bool:
    """Whether a source is an array, or a tensor of another library that gives NumPy its values."""
    if isinstance(source, (str, bytes, np.generic)) or hasattr(source, "getexif"):
        return False
    return hasattr(source, "__array__") or hasattr(source, "__dlpack__")


def check_source(source: Any) -> None:
    """Refuse what no image can be read from; a missing value passes, reading it is another matter."""
    if isinstance(source, (str, bytes)):
        return
    source = source.as_py() if hasattr(source, "as_py") else source
    if isinstance(source, Mapping):
        content = source.get("bytes")
        if not (is_missing(content) or isinstance(content, (bytes, bytearray, memoryview))):
            raise ImageFormatError(
                f"Expected the content of a file as bytes under 'bytes', got {type(content).__name__} "
                f"{shown(content)}. Text in base64? Pass base64.b64decode(text). Numbers? Pass bytes(numbers)."
            )
        if "bytes" in source or "path" in source:
            return
        raise ImageFormatError(
            f"Expected a dict of an image with 'bytes' or 'path', got the keys {shown(sorted(map(str, source)))}."
        )
    if not (isinstance(source, _KINDS) or hasattr(source, "read") or is_tensor(source) or is_missing(source)):
        raise ImageFormatError(
            "Expected a path, the bytes of a file, a file object, a PIL image, a dict with 'bytes' or an array, "
            f"got {type(source).__name__} {shown(source)}. Leave out rows without an image."
        )


def check_sources(X: Any) -> Any:
    """Check that X is a batch of sources, and give back its items by position.

    Raises
    ------
    ImageFormatError
        When it is no batch, an empty one, or something in it is no source.
    """
    items = unpack_batch(X, "path or image", "path").items
    if isinstance(items, np.ndarray) and items.dtype.kind not in "OU":
        return check_images(items)
    apply_to_each(check_source, items)
    return items
