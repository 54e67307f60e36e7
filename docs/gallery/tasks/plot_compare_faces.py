"""
Compare two faces, part by part
===============================

`compare_faces` compares landmarks after the best fit of position, size and turn: which parts differ, and by how much.
For many faces `ProcrustesAligner` puts all landmarks into one position and size, and `LandmarkDescriptors` describes
the image around each of them.
"""

import numpy as np
from skimage.data import astronaut

from featkit import FaceLandmarks, LandmarkDescriptors, ProcrustesAligner, compare_faces
from featkit.display import FaceComparisonDisplay

photo = astronaut()[:256, 96:352]
mirrored = np.ascontiguousarray(photo[:, ::-1])
comparison = compare_faces(photo, mirrored)
print(f"Procrustes distance to its own mirror image: {comparison.distance:.3f}")
display = FaceComparisonDisplay(comparison).plot()

landmarks = FaceLandmarks(average=False)
shapes = ProcrustesAligner().fit_transform(landmarks.fit_transform([photo, mirrored]))
print("largest difference of two aligned points:", abs(shapes[0] - shapes[1]).max().round(3))
described = LandmarkDescriptors(kind="lbp", landmarks=landmarks).fit_transform([photo])
print("columns that describe the image around the points:", described.shape[1])
