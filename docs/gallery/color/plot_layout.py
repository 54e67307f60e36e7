"""
How colours are spread
======================

`ColorCorrelogram` tells how often a colour meets itself at a distance, `ColorCoherenceVector` how much of a colour
lies in large areas: one red ball, or red dots everywhere?
"""

from sklearn.datasets import load_sample_image

from featkit import ColorCoherenceVector, ColorCorrelogram
from featkit.display import StepsDisplay

flower = load_sample_image("flower.jpg")[::4, ::4]
rows = [
    (type(extractor).__name__, extractor.fit_transform([flower])[0])
    for extractor in (ColorCorrelogram(), ColorCoherenceVector())
]
display = StepsDisplay([("image", flower), *rows]).plot()
