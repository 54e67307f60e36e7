__all__: list[str]

from . import binary_patterns as binary_patterns
from . import color as color
from . import contour as contour
from . import frequency as frequency
from . import gradients as gradients
from . import local as local
from . import moments as moments
from . import network as network
from . import shape as shape
from . import skeleton as skeleton
from . import texture as texture
from .pixels import RawPixels as RawPixels
from .pixels import raw_pixels as raw_pixels
