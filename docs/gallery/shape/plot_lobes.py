"""
Lobes and dents of leaves
=========================

`ConvexityDefects` measures the dents between an outline and its hull, `AreaIntegralInvariant` how much of a disk
around each point of the outline is covered: notched, lobed and toothed leaves come apart.
"""

from skimage.data import horse

from featkit import AreaIntegralInvariant, ConvexityDefects
from featkit.display import FeatureDisplay

mask = ~horse()
dents = FeatureDisplay(ConvexityDefects(), mask).plot()
covered = FeatureDisplay(AreaIntegralInvariant(), mask).plot()
