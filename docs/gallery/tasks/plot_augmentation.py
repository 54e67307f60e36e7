"""
Train on changed copies (augmentation)
======================================

`AugmentedClassifier` trains on copies that are shifted, turned or dimmed, and tests on the images as they are.
"""

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import HOG, AugmentedClassifier, Corrupter

digits = load_digits()
images, labels = digits.images[:100] / 16, digits.target[:100]
plain = make_pipeline(HOG(pixels_per_cell=(2, 2), cells_per_block=(2, 2)), SVC(C=10))
turned = AugmentedClassifier(plain, Corrupter(kind="rotation", severity=1), n_augmented=3)
scores = {
    name: cross_val_score(model, images, labels, cv=3) for name, model in {"plain": plain, "augmented": turned}.items()
}
figure = Figure(figsize=(5, 2), layout="constrained")
axis = figure.subplots()
axis.barh(list(scores), [100 * np.mean(score) for score in scores.values()])
axis.set(xlim=(80, 100), xlabel="accuracy, %")
