"""
Moments: the same under rotation
================================

`HuMoments` and `ZernikeMoments` of a form do not change when it is turned.
"""

import numpy as np
from skimage.data import horse

from featkit import HuMoments, ZernikeMoments
from featkit.display import FeatureDisplay

mask = ~horse()
display = FeatureDisplay(ZernikeMoments(), mask).plot()
hu = HuMoments().fit_transform([mask, np.rot90(mask)])
print("Hu moments, upright and turned:", hu[:, 0].round(5))
