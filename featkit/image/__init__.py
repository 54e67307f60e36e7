"""What an image is: checks, conversions, alpha, colour spaces, masks."""

from .._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
