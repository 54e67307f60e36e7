"""
Symmetry
========

`Symmetry` compares an object with its mirror image and with itself turned: how even is a leaf, how regular a flower?
"""

from featkit import BackgroundRemover, Symmetry, make_iris_flowers
from featkit.display import FeatureDisplay

flower = BackgroundRemover().fit_transform(make_iris_flowers(random_state=0).images[:1])[0]
display = FeatureDisplay(Symmetry(), flower).plot()
