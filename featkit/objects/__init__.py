"""Objects of images: found, parted where they touch, measured, one row each."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
