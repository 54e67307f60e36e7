"""
Distances, chords and curvature along the outline
=================================================

Three descriptions of a contour: `ContourSignature` (distance from the centre), `ChordQuantiles` (lengths of chords),
`CurvatureQuantiles` (how sharply it bends).
"""

from skimage.data import horse

from featkit import ChordQuantiles, ContourSignature, CurvatureQuantiles
from featkit.display import StepsDisplay

mask = ~horse()
rows = [
    (type(extractor).__name__, extractor.fit_transform([mask])[0])
    for extractor in (ContourSignature(), ChordQuantiles(), CurvatureQuantiles())
]
display = StepsDisplay([("foreground", mask), *rows]).plot()
