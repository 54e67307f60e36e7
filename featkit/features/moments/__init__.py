"""Moment invariants of a region: Hu and Zernike moments."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
