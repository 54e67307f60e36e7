"""
Dominant colours
================

`DominantColors` names the few colours that an image is made of, with the fraction of each.
"""

from sklearn.datasets import load_sample_image

from featkit import DominantColors
from featkit.display import FeatureDisplay

flower = load_sample_image("flower.jpg")[::4, ::4]
display = FeatureDisplay(DominantColors().fit([flower]), flower).plot()
