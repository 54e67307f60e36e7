"""Every error of featkit's own, so that a caller can catch one family, and how messages show what came."""

import os
from typing import Any

LONGEST = 80  # characters of what came, in a message


class FeatkitError(Exception):
    """Base of every error that featkit raises on its own account."""


class ImageFormatError(FeatkitError, ValueError):
    """What came is not an image or batch of images: wrong axes, dtype, range or rows of unequal length."""


class _FileError(FeatkitError, OSError):
    """Error about a file, which it keeps across processes.

    Parameters
    ----------
    message : str
        What was expected, what came and what to do.
    path : str or None, default=None
        The file at fault, where there is one.

    Attributes
    ----------
    path : str or None
        The file at fault, where there is one.
    """

    def __init__(self, message: str, path: str | None = None) -> None:
        super().__init__(message if path is None else message.replace(os.fsdecode(path), shown_path(path)))
        self.path = path

    def __reduce__(self) -> tuple:
        return type(self), self.args, vars(self)  # path and notes


class ImageReadError(_FileError):
    """A source could not be read as an image: missing, truncated, of unknown format or with too many pixels.

    Attributes
    ----------
    path : str or None
        The file at fault, where the source was a file.
    """


class ExtractionError(FeatkitError, ValueError):
    """A folder holds another extraction, or none, or cannot be made."""


class FileWriteError(_FileError):
    """A file could not be written: no room, no permission, no such folder. What was there before is still there.

    Attributes
    ----------
    path : str or None
        The file at fault.
    """


class ModelFileError(_FileError):
    """The file of a trained model is missing, or is not the known one and was not said to be trusted.

    Attributes
    ----------
    path : str or None
        The file at fault, where there is one.
    """


class ModelLicenseWarning(UserWarning):
    """A trained model may not be used in commercial products; said once for each model and process."""


class ImageReadWarning(UserWarning):
    """A source could not be read and a blank image stands in its place, as was asked for."""


class ColorCardWarning(UserWarning):
    """An image holds no colour card and is returned with its own colours, as was asked for; or shade lies on a card."""


class ImageValueWarning(UserWarning):
    """Values of an image, a mask or a table may have been meant in another way than they are read."""


class LeftOutWarning(UserWarning):
    """Something that is there was not read: pages, frames or channels of a file, files or labels of a folder."""


class ScaleNotFoundWarning(UserWarning):
    """An image shows no scale that can be believed, so that its pixel size is NaN; names the image and the reason."""


class KernelCacheWarning(UserWarning):
    """Compiled kernels cannot be kept on disk, so that every process compiles them anew."""


class MeasurementWarning(UserWarning):
    """What is measured may not be what was meant: a scale mark or a colour was not found where it was expected."""


class LandmarkFormatError(FeatkitError, ValueError):
    """What came is no table of landmarks: an odd number of columns, another number of points, infinite values."""


class SubjectNotFoundError(FeatkitError, ValueError):
    """An image has to be returned, but it holds no face or no foreground to return."""


class MissingDependencyError(FeatkitError, ImportError):
    """An optional package is not installed; the message names the extra that brings it."""


def shown(value: Any) -> str:
    """A value as messages show it: its `repr`, of at most 80 characters.

    Parameters
    ----------
    value : object

    Returns
    -------
    text : str
    """
    return shortened(repr(value))


def counted(number: int, thing: str) -> str:
    """A number of things as messages tell it: "1 photo", "2 photos".

    Parameters
    ----------
    number : int
    thing : str
        The name of one, with an ending in -s in the plural.

    Returns
    -------
    text : str
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def shown_path(path: str | os.PathLike) -> str:
    """A path as messages show it: whole where the file or its folder is there, so that it can be found.

    Parameters
    ----------
    path : str or PathLike
        Of a file or folder; text that is no path, or a URL, is shown with at most 80 characters.

    Returns
    -------
    text : str
    """
    text = os.fsdecode(path)
    return text if len(text) <= LONGEST or _is_found(text) else shortened(text)


def shortened(text: str) -> str:
    """Text of at most 80 characters: the beginning and the end of what is longer."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2 - 3]}...{text[-LONGEST // 2 :]}"


def _is_found(path: str) -> bool:
    folder, name = os.path.split(path.removeprefix("file://"))
    return len(name) <= LONGEST and len(path) <= 4096 and os.path.exists(folder)
