"""
Colour histogram
================

`ColorHistogram` counts the colours of the foreground. Cut the object out first, or the background is counted.
"""

from sklearn.datasets import load_sample_image

from featkit import BackgroundRemover, ColorHistogram
from featkit.display import FeatureDisplay

flower = BackgroundRemover().fit_transform([load_sample_image("flower.jpg")[::2, ::2]])[0]
display = FeatureDisplay(ColorHistogram(space="hsv"), flower).plot()
