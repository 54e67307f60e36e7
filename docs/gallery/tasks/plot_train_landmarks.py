"""
Train landmarks of your own
===========================

`LandmarkPredictor` learns where points lie on objects of any kind, here tip and stalk of a leaf, from a few dozen
annotated images: the same cascade of regression trees that finds the points of a face.
"""

import cv2
import numpy as np
from matplotlib.figure import Figure

from featkit import LandmarkPredictor


def draw_leaf(rng):
    """A leaf that leans to either side, and row and column of its tip and its stalk."""
    angle, length, width = rng.uniform(-0.6, 0.6), rng.uniform(25, 35), rng.uniform(8, 14)
    along = np.linspace(-1, 1, 60)
    half = width * (1 - along**2) * (1 - 0.4 * along)
    outline = np.concatenate([along * length - 1j * half, (along * length + 1j * half)[::-1]])
    outline = outline * np.exp(1j * angle) + 48 + 48j + rng.uniform(-5, 5) + 1j * rng.uniform(-5, 5)
    image = np.full((96, 96), 230, np.uint8)
    cv2.fillPoly(image, [np.stack([outline.imag, outline.real], axis=1).round().astype(np.int32)], 80)
    return image, [outline[59].real, outline[59].imag, outline[0].real, outline[0].imag]


rng = np.random.default_rng(0)
leaves, points = zip(*[draw_leaf(rng) for _ in range(60)])
predictor = LandmarkPredictor(mirror=(0, 1), unit=(0, 1), random_state=0).fit(leaves[:40], points[:40])
print(f"mean error on 20 other leaves: {-100 * predictor.score(leaves[40:], points[40:]):.1f} % of the length")
found = predictor.predict(leaves[40:44]).reshape(4, 2, 2)
figure = Figure(figsize=(8, 2.2), layout="constrained")
for axis, leaf, place in zip(figure.subplots(1, 4), leaves[40:], found):
    axis.imshow(leaf, cmap="gray", vmin=0, vmax=255)
    axis.plot(place[:, 1], place[:, 0], "o", color="#d55e00")
    axis.set_axis_off()
