"""
Local binary patterns (LBP)
===========================

`LocalBinaryPattern` compares every pixel with its neighbours: brighter or darker? The histogram of the answers
describes fine texture and does not mind how bright the light is.
"""

from skimage.data import brick

from featkit import LocalBinaryPattern
from featkit.display import FeatureDisplay

display = FeatureDisplay(LocalBinaryPattern(), brick()[:128, :128]).plot()
