"""
Tell materials apart by texture
===============================

Brick, grass or gravel? Co-occurrence statistics and local binary patterns of small crops.
"""

import numpy as np
from skimage import data
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import Haralick, LocalBinaryPattern
from featkit.display import StepsDisplay

rng = np.random.default_rng(0)
names = np.repeat(["brick", "grass", "gravel"], 20)
crops = []
for name in names:
    row, col = rng.integers(0, 448, 2)
    crops.append(getattr(data, name)()[row : row + 64, col : col + 64])
model = make_pipeline(make_union(Haralick(), LocalBinaryPattern()), StandardScaler(), SVC())
predicted = cross_val_predict(model, crops, names, cv=4)
print(confusion_matrix(names, predicted))
display = StepsDisplay([(names[index], crops[index]) for index in (0, 20, 40)]).plot()
