"""
Compare two faces, part by part
===============================

`compare_faces` compares landmarks after the best fit of place, size and turn: which parts differ, and by how much.
`ProcrustesAligner`, `LandmarkDescriptors` and `FaceVerifier` do it for many.
"""

import numpy as np
from skimage.data import astronaut

from featkit import compare_faces
from featkit.display import FaceComparisonDisplay

photo = astronaut()[:256, 96:352]
mirrored = np.ascontiguousarray(photo[:, ::-1])
comparison = compare_faces(photo, mirrored)
print(f"Procrustes distance to its own mirror image: {comparison.distance:.3f}")
display = FaceComparisonDisplay(comparison).plot()
