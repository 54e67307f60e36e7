"""Faces of whole folders: tables of faces, who is who, and what is learnt from photos of many people."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
