"""Vectors made comparable: whitening, within-class covariance normalization (WCCN), pair features."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
