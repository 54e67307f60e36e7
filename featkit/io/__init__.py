"""Images come from files, folders, archives and URLs; files are written whole or not at all."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
