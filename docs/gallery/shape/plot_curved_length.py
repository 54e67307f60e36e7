"""
Curved length: worms, roots, leaf veins
=======================================

`SkeletonMeasurements` follows the centreline: the length of something curved, its width along it, its tips and
branches.
"""

import numpy as np
from skimage.draw import disk
from skimage.morphology import skeletonize

from featkit import SkeletonMeasurements
from featkit.display import FeatureDisplay

worm = np.zeros((120, 200), dtype=bool)
for step in np.linspace(0, 1, 200):
    worm[disk((60 + 35 * np.sin(7 * step), 20 + 160 * step), 6)] = True
display = FeatureDisplay(SkeletonMeasurements(), worm).plot()
rows, cols = np.nonzero(skeletonize(worm))
_ = display.axes_[0].plot(cols, rows, ".", color="#d55e00", markersize=2)
