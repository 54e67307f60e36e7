"""
Remove the background
=====================

`BackgroundRemover` finds the object and makes everything else transparent; whatever measures, afterwards, measures
the object alone. `quality` tells how sure it is; masks of your own go in as `mask=`.
"""

from skimage.data import coffee
from sklearn.datasets import load_sample_image

from featkit import BackgroundRemover
from featkit.display import StepsDisplay

photos = [load_sample_image("flower.jpg")[::2, ::2], coffee()[::2, ::2]]
cut_out = BackgroundRemover().fit_transform(photos)
steps = [(title, image) for pair in zip(photos, cut_out) for title, image in zip(("photo", "background removed"), pair)]
display = StepsDisplay(steps).plot()
