"""Pixel size of images: from coins, rulers, tags, checkerboards or the sheet in them, or from the metadata of files."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
