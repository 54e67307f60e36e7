"""Landmark prediction learnt from annotated images: supervised descent or regression trees."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
