"""Features of texture: statistics of gray-level matrices (GLCM, GLRLM, GLSZM, NGTDM), Laws' energies, fractal
dimension.
"""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
