"""Draw docs/faces.png, the picture of faces in the README: the face found in a photo, its 68 points.

python tools/drawings/draw_faces_picture.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from skimage.data import astronaut

from featkit import detect_faces
from featkit.display import LandmarkDisplay
from featkit.faces.landmarks import face_landmarks


def main():
    """Draw the astronaut's head as it is and turned by 90 degrees, with boxes and points."""
    head = np.ascontiguousarray(astronaut()[:240, 105:345])
    figure, axes = plt.subplots(1, 2, figsize=(7, 3.5), layout="constrained", dpi=90)
    for ax, photo in zip(axes, (head, np.rot90(head))):
        LandmarkDisplay(photo, face_landmarks(photo), boxes=detect_faces(photo)).plot(ax)
    path = Path(__file__).parents[2] / "docs" / "faces.png"
    figure.canvas.draw()
    Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB").quantize(128).save(path, optimize=True)
    print(path)


if __name__ == "__main__":
    main()
