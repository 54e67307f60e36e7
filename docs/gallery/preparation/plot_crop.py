"""
Crop, centre and turn upright
=============================

To crop the object out of a photo, remove the background first: `ForegroundCropper` then cuts the object out, centres
it and brings it to one size. `ForegroundNormalizer` does so with ink, upright and bright on dark; `CenterCropper` takes
the middle of the photo, whatever is there.
"""

from skimage.data import coffee

from featkit import BackgroundRemover, CenterCropper, ForegroundCropper, ForegroundNormalizer
from featkit.display import StepsDisplay

cup = coffee()[::2, ::2]
cut_out = BackgroundRemover().fit_transform([cup])
steps = [
    ("photo", cup),
    ("ForegroundCropper", ForegroundCropper(height=128, width=128).fit_transform(cut_out)[0]),
    ("CenterCropper", CenterCropper(height=128, width=128).fit_transform([cup])[0]),
    ("ForegroundNormalizer", ForegroundNormalizer(height=64, width=64).fit_transform([cup])[0]),
]
display = StepsDisplay(steps).plot()
