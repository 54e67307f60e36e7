"""
Scratches and other defects on a surface
========================================

Metal parts with and without a scratch, under light that changes: texture statistics after evening out the light tell
them apart where raw pixels cannot, since the scratch lies anywhere.

To classify photos of good and bad parts in a folder, one subfolder for each kind,
``featkit benchmark parts --quick --report report.html`` compares all features, gives a verdict, and ends with the best
as code; :doc:`/notebooks/13_scratched_parts` explains a decision and saves the model for ``featkit predict``.
"""

import numpy as np
from skimage.draw import line_aa
from sklearn.decomposition import PCA
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import GaborBank, Haralick, IlluminationFlattener, RawPixels
from featkit.display import StepsDisplay

rng = np.random.default_rng(0)


def part(scratched):
    surface = 0.5 + 0.04 * rng.standard_normal((64, 64))
    if scratched:
        (row, col), angle = rng.integers(10, 54, 2), rng.uniform(0, np.pi)
        step = (10 * np.array([np.sin(angle), np.cos(angle)])).astype(int)
        rows, cols, strength = line_aa(*np.clip([row, col], 11, 52) - step, *np.clip([row, col], 11, 52) + step)
        surface[rows, cols] -= 0.3 * strength
    return np.clip(surface * np.linspace(rng.uniform(0.4, 1), rng.uniform(0.4, 1), 64), 0, 1)


labels = np.arange(60) % 2
images = np.array([part(label) for label in labels])
features = make_pipeline(IlluminationFlattener(method="self-quotient"), make_union(Haralick(), GaborBank()))
for name, extractor in {"raw pixels": make_pipeline(RawPixels(), PCA(20)), "texture": features}.items():
    scores = cross_val_score(make_pipeline(extractor, StandardScaler(), SVC()), images, labels, cv=3)
    print(f"{name}: {100 * scores.mean():.0f} % right")

# %%
# Where there are only good parts to learn from, a detector of what is unlike them takes the classifier's place.

learnt, tested = images[labels == 0], np.array([part(number % 2) for number in range(100)])
for name, extractor in {"raw pixels": make_pipeline(RawPixels(), PCA(20)), "texture": features}.items():
    detector = make_pipeline(extractor, StandardScaler(), LocalOutlierFactor(novelty=True)).fit(learnt)
    odd = detector.predict(tested) == -1
    print(f"{name}, of good parts alone: {100 * odd[1::2].mean():.0f} % of the scratches found,", end=" ")
    print(f"{100 * odd[::2].mean():.0f} % of the good parts rejected")

# %%

flat = IlluminationFlattener(method="self-quotient").fit_transform(images[:2])
display = StepsDisplay(
    [("good", images[0]), ("evened out", flat[0]), ("scratched", images[1]), ("evened out", flat[1])]
)
display = display.plot()
