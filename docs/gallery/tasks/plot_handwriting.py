"""
Handwritten digits from few images
==================================

Handwriting, digits, letters: `HOG` describes the strokes. These digits are small and centred already, so that raw
pixels do nearly as well; :doc:`/digits` tells what 28 x 28 pixels gain, with `ForegroundNormalizer`, which centres and
straightens the ink, and the example on robustness what happens when digits move or get darker.
"""

from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import HOG, RawPixels
from featkit.display import FeatureDisplay

digits = load_digits()
images = digits.images / 16
hog = HOG(pixels_per_cell=(2, 2), cells_per_block=(2, 2), voting="trilinear", signed=True)
folds = StratifiedShuffleSplit(5, train_size=100, test_size=500, random_state=0)
for name, extractor in {"raw pixels": RawPixels(), "HOG": hog}.items():
    scores = cross_val_score(make_pipeline(extractor, SVC(C=10)), images, digits.target, cv=folds)
    print(f"{name}: {100 * scores.mean():.1f} % from 100 digits")
display = FeatureDisplay(hog.fit(images), images[3]).plot()
