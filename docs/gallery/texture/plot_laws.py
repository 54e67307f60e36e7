"""
Laws' energies and fractal dimension
====================================

`LawsEnergies` filters with small masks for level, edge, spot, wave and ripple; `FractalDimensions` tells how rough a
surface is.
"""

from skimage.data import grass

from featkit import FractalDimensions, LawsEnergies
from featkit.display import FeatureDisplay

image = grass()[:128, :128]
laws = FeatureDisplay(LawsEnergies(), image).plot()
rough = FeatureDisplay(FractalDimensions(), image).plot()
