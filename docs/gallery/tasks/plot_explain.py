"""
Why does it decide so?
======================

`explain` splits the decision of a linear classifier into what each column adds; `ExplanationDisplay` draws it on the
image: red edges speak for the class, blue ones against.
"""

from skimage.data import lfw_subset
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import HOG
from featkit.display import ExplanationDisplay

images = lfw_subset()
labels = ["face"] * 100 + ["no face"] * 100
hog = HOG(pixels_per_cell=(5, 5), cells_per_block=(2, 2), voting="trilinear")
model = make_pipeline(hog, StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)).fit(images, labels)
display = ExplanationDisplay.from_model(model, images[3], target="face", reference=images)
