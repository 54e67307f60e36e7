"""
Histograms of oriented gradients (HOG)
======================================

`HOG` describes which way the edges of every cell run: writing, faces, forms. Crop and centre first, for it is as
sensitive to shift as a small network.
"""

from skimage.data import chelsea

from featkit import HOG, Resizer
from featkit.display import FeatureDisplay, HOGDisplay

cat = Resizer(height=128, width=192).fit_transform([chelsea()])[0]
display = FeatureDisplay(HOG(pixels_per_cell=(16, 16)), cat).plot()
finer = HOGDisplay.from_image(cat, pixels_per_cell=(8, 8)).plot()
