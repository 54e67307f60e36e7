"""
Bring images to one size
========================

`Resizer` pads, crops or stretches to one size and averages when it shrinks, so that fine stripes do not alias.
"""

from skimage.data import chelsea

from featkit import Resizer
from featkit.display import StepsDisplay

cat = chelsea()
steps = [
    (f'mode="{mode}"', Resizer(height=96, width=96, mode=mode).fit_transform([cat])[0]) for mode in ("stretch", "pad")
]
display = StepsDisplay([("photo", cat), *steps]).plot()
