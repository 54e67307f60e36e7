"""
Faces: landmarks, turn of the head, blinks
==========================================

`FaceLandmarks` finds 68 points of a face, `LandmarkGeometry` makes distances, angles, openings and the pose of them.
`FaceAligner` sets the face upright. For a folder of photos, or the frames of a video, one command writes a row for
every face::

    featkit faces PHOTOS --out faces.csv --check-pictures CHECKS

Open or closed? The eye aspect ratio (EAR, the column ``face_opening_left_eye`` and its twin) is about 0.3 in an open
eye, and 0.2 is the usual threshold of a blink. It is right for some people only, so take two thirds of what the same
person's open eyes have, as below; :doc:`/faces` tells how often 0.2 errs, and what else may be said of the columns.

How wide the mouth is open stands in ``face_opening_mouth``, for every photo or frame. `ExpressionGeometry` measures
what moved (brows, lips, jaw) relative to a neutral face of the same person: in the last picture the brows are drawn up
by six pixels, and the columns below say so.
"""

import numpy as np
from skimage.data import astronaut

from featkit import ExpressionGeometry, FaceAligner, FaceLandmarks, LandmarkGeometry, detect_faces
from featkit.display import LandmarkDisplay, StepsDisplay
from featkit.faces.description import eye_aspect_ratio
from featkit.faces.landmarks import face_landmarks

photo = astronaut()[:256, 96:352]
points = face_landmarks(photo)
display = LandmarkDisplay(photo, points, boxes=detect_faces(photo)).plot()
rows = FaceLandmarks().fit_transform([photo])
openness = eye_aspect_ratio(rows).mean(axis=1)  # of both eyes; one row for each photo or frame
threshold = 2 / 3 * np.median(openness)  # yours: of this person's frames, most of which show open eyes
print("eye aspect ratio", openness.round(2), "threshold", threshold.round(2), "closed", openness < threshold)
geometry = LandmarkGeometry(groups=("openings", "pose")).set_output(transform="pandas").fit(rows)
print(geometry.transform(rows).round(2).T)
aligned = FaceAligner(height=128, width=128).fit_transform([photo])[0]
upright = StepsDisplay([("photo", photo), ("aligned", aligned)]).plot()
raised = points.copy()
raised[17:27, 0] -= 6  # the ten points of the brows
movement = ExpressionGeometry(groups=("distances",)).set_output(transform="pandas")
changes = movement.fit_transform([raised.ravel()], neutral=rows).iloc[0]  # 1: as in the neutral face
print(changes[(changes - 1).abs() > 0.01].round(2))
moved = LandmarkDisplay(photo, raised).plot()
