"""Photos measured from beginning to end: scale, perspective, colours, background, objects, a row each in a file."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
