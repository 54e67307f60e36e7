"""
Raw pixels, the baseline
========================

`RawPixels` takes the pixels as they are: what every feature has to beat. `featkit benchmark` always compares with it.
"""

from sklearn.datasets import load_digits

from featkit import RawPixels
from featkit.display import FeatureDisplay

digit = load_digits().images[3] / 16
display = FeatureDisplay(RawPixels().fit([digit]), digit).plot()
