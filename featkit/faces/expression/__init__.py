"""What moves in a face: measures relative to a neutral face, blinks and openings of the mouth in a video."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
