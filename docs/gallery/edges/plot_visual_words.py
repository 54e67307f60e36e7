"""
Bag of visual words
===================

`BagOfVisualWords` learns a vocabulary of small patches from your images and counts which occur, wherever they stand:
for scenes and objects at no fixed place.
"""

import matplotlib.pyplot as plt
import numpy as np
from skimage import data

from featkit import BagOfVisualWords, WhitenedPatches
from featkit.display import StepsDisplay

photos = [data.brick()[:150, :150], data.grass()[:150, :150], data.gravel()[:150, :150]]
words = BagOfVisualWords(n_words=20).fit(photos)
rows = words.transform(photos)
display = StepsDisplay([("brick", photos[0]), ("its words", rows[0]), ("grass", photos[1]), ("its words", rows[1])])
display = display.plot()

# %%
# For small colour images `WhitenedPatches` learns words of another kind: patches of 6 x 6 pixels, evened in contrast
# and with all that neighbouring pixels share taken out, so that the words are edges and spots in all colours. A row
# says how near each word is, on average, in each quarter of the image.

small = np.stack([data.astronaut()[row : row + 64, col : col + 64] for row in (0, 90, 180) for col in (150, 200, 250)])
patches = WhitenedPatches(n_words=24, random_state=0).fit(small)
figure, axes = plt.subplots(2, 12, figsize=(9, 1.8), layout="constrained")
for axis, word in zip(axes.ravel(), patches.words_.reshape(24, 3, 6, 6)):
    axis.imshow(((word - word.min()) / np.ptp(word)).transpose(1, 2, 0))
    axis.axis("off")
