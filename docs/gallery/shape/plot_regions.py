"""
Length, width, area and roundness
=================================

`RegionMeasurements` measures the foreground: greatest length and least width (Feret diameters), area, perimeter,
circularity, solidity. With `pixel_size` in millimetres the lengths are in millimetres.
"""

from featkit import RegionMeasurements, make_shapes
from featkit.display import FeatureDisplay

ellipse = make_shapes(1, shape="ellipse", random_state=1).images[0] > 127  # a mask is its own foreground
display = FeatureDisplay(RegionMeasurements(), ellipse).plot()
