"""
HOG of several scales, and Felzenszwalb's
=========================================

`MultiScaleHOG` joins cells of several sizes, the best single description of digits here; `FelzenszwalbHOG` has signed
and unsigned directions with four norms in fewer columns.
"""

from skimage.data import chelsea

from featkit import FelzenszwalbHOG, MultiScaleHOG, Resizer
from featkit.display import StepsDisplay

cat = Resizer(height=128, width=192).fit_transform([chelsea()])[0]
rows = [(type(one).__name__, one.fit_transform([cat])[0]) for one in (MultiScaleHOG(), FelzenszwalbHOG())]
display = StepsDisplay([("image", cat), *rows]).plot()
