"""
Landmark schemes
================

Which point is which in 300-W, dlib's and RetinaFace's five points, COFW, WFLW, LaPa, InsightFace, HELEN and MediaPipe,
on a drawn face: it shows the order of the points, not where exactly annotators put them. `LandmarkSchemeDisplay` draws
a scheme, `landmark_scheme` gives its mirror pairs and regions, and what measures, aligns, describes and compares faces
takes its name as `scheme=`.
"""

from matplotlib.figure import Figure

from featkit.display import LandmarkSchemeDisplay
from featkit.faces.landmarks import landmark_scheme

schemes = ["dlib", "retinaface", "eyes", "cofw", "300w", "wflw", "lapa", "insightface", "helen", "mediapipe"]
figure = Figure(figsize=(11, 30), layout="constrained")
for axis, name in zip(figure.subplots(5, 2).ravel(), schemes):
    LandmarkSchemeDisplay(name).plot(axis)
print("WFLW's corners of the eyes:", landmark_scheme("wflw").eye_corners)
