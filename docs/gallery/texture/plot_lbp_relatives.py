"""
Relatives of LBP
================

`CompletedLBP` adds how large the differences are, `LocalTernaryPattern` forgives noise, `MultiBlockLBP` compares
blocks, `RotationInvariantVariance` measures the contrast around each pixel.
"""

from skimage.data import brick

from featkit import CompletedLBP, LocalTernaryPattern, MultiBlockLBP, RotationInvariantVariance
from featkit.display import StepsDisplay

image = brick()[:128, :128]
rows = [
    (type(extractor).__name__, extractor.fit([image]).transform([image])[0])
    for extractor in (CompletedLBP(), LocalTernaryPattern(), MultiBlockLBP(), RotationInvariantVariance())
]
display = StepsDisplay([("image", image), *rows]).plot()
