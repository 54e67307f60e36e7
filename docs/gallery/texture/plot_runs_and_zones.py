"""
Runs, zones and neighbours of gray levels
=========================================

`GLRLM` counts runs of one gray level, `GLSZM` connected zones, `NGTDM` differences from the neighbourhood: the
texture features of radiology (IBSI).
"""

from skimage.data import gravel

from featkit import GLRLM, GLSZM, NGTDM
from featkit.display import StepsDisplay

image = gravel()[:128, :128]
rows = [(type(one).__name__, one.fit_transform([image])[0]) for one in (GLRLM(), GLSZM(), NGTDM())]
display = StepsDisplay([("image", image), *rows]).plot()
