"""
Mean colour, spread and percentiles
===================================

`ColorMoments` gives mean, spread and skewness of each channel, `ColorPercentiles` the colour at given ranks,
`IntensityStatistics` the same of gray: few columns, good with few images.
"""

from sklearn.datasets import load_sample_image

from featkit import ColorMoments, ColorPercentiles, IntensityStatistics
from featkit.display import FeatureDisplay

flower = load_sample_image("flower.jpg")[::2, ::2]
for extractor in (ColorMoments(), ColorPercentiles(), IntensityStatistics()):
    print(type(extractor).__name__, extractor.fit_transform([flower])[0].round(2)[:6], "...")
display = FeatureDisplay(ColorMoments(), flower).plot()
