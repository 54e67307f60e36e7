"""
Wavelets and the power spectrum
===============================

`WaveletEnergies` sums the detail of each scale, `PowerSpectrum` the energy of each frequency: coarse or fine, sharp
or blurred?
"""

from skimage.data import gravel

from featkit import PowerSpectrum, WaveletEnergies
from featkit.display import StepsDisplay

image = gravel()[:128, :128]
rows = [
    (type(extractor).__name__, extractor.fit([image]).transform([image])[0])
    for extractor in (WaveletEnergies(), PowerSpectrum())
]
display = StepsDisplay([("image", image), *rows]).plot()
