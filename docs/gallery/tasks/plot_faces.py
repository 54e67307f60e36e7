"""
Faces: landmarks, turn of the head, blinks
==========================================

`FaceLandmarks` finds 68 points of a face, `LandmarkGeometry` makes distances, angles, openings and the pose of them;
the eye aspect ratio falls when an eye blinks. `FaceAligner` sets the face upright.
For a folder of photos ``featkit faces PHOTOS --out faces.csv --check-pictures CHECKS`` writes one row for every face;
the page :doc:`/faces` says what may be said of its columns.
"""

from skimage.data import astronaut

from featkit import FaceAligner, FaceLandmarks, LandmarkGeometry, detect_faces
from featkit.display import LandmarkDisplay, StepsDisplay
from featkit.faces.description import eye_aspect_ratio
from featkit.faces.landmarks import face_landmarks

photo = astronaut()[:256, 96:352]
points = face_landmarks(photo)
display = LandmarkDisplay(photo, points, boxes=detect_faces(photo)).plot()
rows = FaceLandmarks().fit_transform([photo])
print("eye aspect ratio (near 0 in a blink):", eye_aspect_ratio(rows).round(2))
geometry = LandmarkGeometry(groups=("openings", "pose")).set_output(transform="pandas").fit(rows)
print(geometry.transform(rows).round(2).T)
aligned = FaceAligner(height=128, width=128).fit_transform([photo])[0]
upright = StepsDisplay([("photo", photo), ("aligned", aligned)]).plot()
