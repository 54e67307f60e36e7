"""
Balance and match colours
=========================

`WhiteBalancer` takes the colour of the light away, `ColorMatcher` gives all images the colours of the first ones,
`ColorConverter` and `GrayscaleConverter` bring gray and colour together.
"""

import numpy as np
from skimage.data import coffee

from featkit import ColorConverter, ColorMatcher, GrayscaleConverter, WhiteBalancer
from featkit.display import StepsDisplay

photo = coffee()[::4, ::4]
tinted = (photo * [1.0, 0.8, 0.5]).astype(np.uint8)
steps = [
    ("warm light", tinted),
    ("WhiteBalancer", WhiteBalancer().fit_transform([tinted])[0]),
    ("ColorMatcher", ColorMatcher().fit([photo]).transform([tinted])[0]),
    ("GrayscaleConverter", GrayscaleConverter().fit_transform([tinted])[0]),
]
print("gray and colour together:", [image.shape for image in ColorConverter().fit_transform([photo, photo[..., 0]])])
display = StepsDisplay(steps).plot()
