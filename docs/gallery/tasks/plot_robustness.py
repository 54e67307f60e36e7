"""
What breaks it: darker, shifted, noisy
======================================

`Corrupter` changes test images in graded steps; the benchmark draws how accuracy falls.
"""

from sklearn.datasets import load_digits

from featkit import HOG, Corrupter, benchmark, raw_pixel_baselines
from featkit.display import RobustnessDisplay, StepsDisplay

digits = load_digits()
images, labels = digits.images[:400] / 16, digits.target[:400]
svm = "raw pixels + tuned SVM"
found = benchmark(
    {"HOG": HOG(pixels_per_cell=(2, 2), cells_per_block=(2, 2), voting="trilinear")},
    images,
    labels,
    baselines={svm: raw_pixel_baselines(images)[svm]},
    cv=3,
    corruptions=["brightness", "shift", "noise"],
    verbose=False,
)
display = RobustnessDisplay.from_benchmark(found)
kinds = ("brightness", "shift", "rotation", "blur", "noise", "occlusion")
changed = [(kind, Corrupter(kind=kind, severity=3).fit_transform(images[:1])[0]) for kind in kinds]
strip = StepsDisplay([("unchanged", images[0]), *changed]).plot()
