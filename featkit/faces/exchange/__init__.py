"""Landmarks of other tools: files that they write, and their schemes of points as the 68 points of 300-W."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
