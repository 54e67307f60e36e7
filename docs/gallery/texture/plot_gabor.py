"""
Gabor filters: stripes of every width and direction
===================================================

`GaborBank` asks how strongly an image waves, for each frequency and direction: fabric, fingerprints, wood.
"""

from skimage.data import brick

from featkit import GaborBank
from featkit.display import FeatureDisplay

display = FeatureDisplay(GaborBank(), brick()[:128, :128]).plot()
