"""
Even out different lighting
===========================

Photos taken in different light: dark ones, lamps from one side, soft shadows. `ContrastStretcher` spreads the gray
levels, `HistogramEqualizer` makes them equally frequent, `GammaCorrector` and `ToneAdjuster` bend them,
`IlluminationFlattener` removes the lighting from one side and soft shadows, `PixelScaler` takes mean and spread. For
the colour of the light see :doc:`/examples/preparation/plot_color_balance`.
"""

import numpy as np
from skimage.data import camera

from featkit import (
    ContrastStretcher,
    GammaCorrector,
    HistogramEqualizer,
    IlluminationFlattener,
    PixelScaler,
    ToneAdjuster,
)
from featkit.display import StepsDisplay

image = camera()[::4, ::4]
side_light = (image * np.linspace(0.2, 0.8, image.shape[1])).astype(np.uint8)
steps = [("side light", side_light)]
for correct in (ContrastStretcher(), HistogramEqualizer(), GammaCorrector(), ToneAdjuster(), IlluminationFlattener()):
    steps.append((type(correct).__name__, correct.fit_transform([side_light])[0]))
scaled = PixelScaler().fit_transform([side_light])[0]
print("PixelScaler: mean", scaled.mean().round(3), "spread", scaled.std().round(3))
display = StepsDisplay(steps).plot()
