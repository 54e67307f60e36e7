"""
True colours by a colour card
=============================

`ColorCardCorrector` finds a 24-patch card in the image and corrects all colours by it.
"""

from featkit import ColorCardCorrector
from featkit.datasets import make_color_cards
from featkit.display import StepsDisplay

card = make_color_cards(1, turn=10.0, random_state=0).images[0]
greenish = (card * [0.8, 1.0, 0.7]).astype(card.dtype)
corrected = ColorCardCorrector().fit_transform([greenish])[0]
display = StepsDisplay([("greenish light", greenish), ("corrected", corrected)]).plot()
