"""
Count coins and measure each object
===================================

Coins, seeds, cells, pills: `find_objects` finds every object of an image; `ObjectTable` measures each with any
extractor, `ObjectAggregator` makes one row of them for each image, `ObjectFinder` says which objects count.
"""

import numpy as np
from skimage.data import coins
from skimage.segmentation import find_boundaries

from featkit import ObjectAggregator, ObjectFinder, ObjectTable, RegionMeasurements
from featkit.display import StepsDisplay

image = coins()
mask = image > 107
finder = ObjectFinder(min_size=400, min_circularity=0.5)
found = finder.find(image, mask=mask)
print(len(found), "coins")
outlined = image.copy()
outlined[find_boundaries(found.labels)] = 255
cut_out = np.dstack([image, image, image, np.where(mask, 255, 0)]).astype(np.uint8)
table = ObjectTable(RegionMeasurements(), finder=finder).set_output(transform="pandas").fit_transform([cut_out])
print(table.filter(regex="area$|circularity").describe().loc[["count", "mean", "min", "max"]].round(2))
one_row = ObjectAggregator(extractor=RegionMeasurements(), finder=finder).fit_transform([cut_out])
print("columns of the one row for the image:", one_row.shape[1])
display = StepsDisplay([("coins", image), ("objects", outlined)]).plot()
