"""
Deskew handwriting
==================

`Deskewer` sets slanted writing upright by its second moments.
"""

import numpy as np
from sklearn.datasets import load_digits

from featkit import Deskewer, Resizer
from featkit.display import StepsDisplay

one = np.pad(Resizer(height=48, width=48).fit_transform([load_digits().images[1] / 16])[0], 16)
slanted = np.stack([np.roll(row, (40 - number) // 3) for number, row in enumerate(one)])
display = StepsDisplay([("slanted", slanted), ("deskewed", Deskewer().fit_transform([slanted])[0])]).plot()
