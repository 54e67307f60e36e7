"""
Wavelet scattering
==================

`Scattering` gives local means of wavelet amplitudes, and of the amplitudes of these: stable when things move a little
or bend. Strong on writing and texture, with many columns.
"""

from skimage.data import grass

from featkit import Scattering
from featkit.display import FeatureDisplay

image = grass()[:64, :64]
display = FeatureDisplay(Scattering().fit([image]), image).plot()
