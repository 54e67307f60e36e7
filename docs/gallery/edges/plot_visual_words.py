"""
Bag of visual words
===================

`BagOfVisualWords` learns a vocabulary of small patches from your images and counts which occur, wherever they stand:
for scenes and objects at no fixed place.
"""

from skimage import data

from featkit import BagOfVisualWords
from featkit.display import StepsDisplay

photos = [data.brick()[:150, :150], data.grass()[:150, :150], data.gravel()[:150, :150]]
words = BagOfVisualWords(n_words=20).fit(photos)
rows = words.transform(photos)
display = StepsDisplay([("brick", photos[0]), ("its words", rows[0]), ("grass", photos[1]), ("its words", rows[1])])
display = display.plot()
