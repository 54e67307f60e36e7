"""
Teach foreground and background by a few masks
==============================================

Which of the things on a photo count, only you know: here the green ones. `ForegroundClassifier` learns it from a few
masks, or scribbles, and removes the background as `BackgroundRemover` does (trainable segmentation).
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import BackgroundRemover, ForegroundClassifier
from featkit.display import StepsDisplay

rng = np.random.default_rng(0)


def draw_photo():
    """Green and red disks on brown ground, and the mask of the green ones."""
    image = np.array([0.45, 0.35, 0.25]) + 0.05 * rng.standard_normal((120, 160, 1))
    rows, cols = np.mgrid[:120, :160]
    mask = np.zeros((120, 160), dtype=bool)
    for place, color in enumerate([(0.2, 0.6, 0.2), (0.7, 0.2, 0.2), (0.25, 0.55, 0.2), (0.75, 0.25, 0.2)]):
        disk = (rows - rng.integers(25, 95)) ** 2 + (cols - 20 - 40 * place) ** 2 < rng.integers(12, 18) ** 2
        image[disk] = color + 0.05 * rng.standard_normal((disk.sum(), 1))
        mask |= disk & (color[1] > color[0])
    return np.clip(image, 0, 1), mask


photos, masks = zip(*[draw_photo() for _ in range(6)])
linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
taught = ForegroundClassifier(classifier=linear, random_state=0).fit(photos[:4], masks[:4])
print(f"intersection over union on photos left out: {taught.score_:.2f}")
steps = []
for photo in photos[4:]:
    steps += [("photo", photo), ("untaught", BackgroundRemover(components="all").transform([photo])[0])]
    steps += [("taught", taught.transform([photo])[0])]
display = StepsDisplay(steps).plot()
