"""Why a model decides as it does; what is in a folder or a table."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
