"""Features of the skeleton of an object: curved length, width along it, tips and branches."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
