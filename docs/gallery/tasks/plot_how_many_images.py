"""
How many images do I need?
==========================

A learning curve answers it: accuracy against the number of training images, with raw pixels beside. Where the curve
is still rising, more images help; where two curves cross, the other features become better.
"""

from sklearn.datasets import load_digits

from featkit import HOG, benchmark, raw_pixel_baselines
from featkit.display import BenchmarkDisplay, LearningDisplay

digits = load_digits()
images, labels = digits.images[:500] / 16, digits.target[:500]
svm = "raw pixels + tuned SVM"
found = benchmark(
    {"HOG": HOG(pixels_per_cell=(2, 2), cells_per_block=(2, 2), voting="trilinear")},
    images,
    labels,
    baselines={svm: raw_pixel_baselines(images)[svm]},
    cv=3,
    train_sizes=[50, 100, 200, 300],
    verbose=False,
)
print(found.learning_curves()[["candidate", "n_train", "accuracy"]].round(3).to_string(index=False))
display = LearningDisplay.from_benchmark(found)
with_all = BenchmarkDisplay(found.table).plot()
