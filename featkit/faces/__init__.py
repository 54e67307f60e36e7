"""Faces: detection, landmarks, training of landmark predictors, description, comparison."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
