"""Every error of featkit's own, so that a caller can catch one family."""


class FeatkitError(Exception):
    """Base of every error that featkit raises on its own account."""


class ImageFormatError(FeatkitError, ValueError):
    """What came is not an image or batch of images: wrong axes, dtype, range or rows of unequal length."""


class ImageReadError(FeatkitError, OSError):
    """A source could not be read as an image: missing, truncated, of unknown format or with too many pixels.

    Parameters
    ----------
    message : str
        What was expected, what came and what to do.
    path : str or None, default=None
        The file at fault, where the source was a file.

    Attributes
    ----------
    path : str or None
        The file at fault, where the source was a file.
    """

    def __init__(self, message, path=None):
        super().__init__(message)
        self.path = path

    def __reduce__(self):
        return type(self), (*self.args, self.path)


class ImageReadWarning(UserWarning):
    """A source could not be read and a blank image stands in its place, as was asked for."""


class SubjectNotFoundError(FeatkitError, ValueError):
    """An image has to be returned, but it holds no face or no foreground to return."""


class MissingDependencyError(FeatkitError, ImportError):
    """An optional package is not installed; the message names the extra that brings it."""
