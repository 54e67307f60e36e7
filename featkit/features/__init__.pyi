__all__: list[str]

from .pixels import RawPixels as RawPixels
from .pixels import raw_pixels as raw_pixels
