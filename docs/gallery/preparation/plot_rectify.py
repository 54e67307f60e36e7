"""
Straighten a tilted sheet
=========================

A camera held by hand is never quite level, and what lies farther away is drawn smaller. `PerspectiveRectifier` finds
the sheet of paper and shows it from straight above, each pixel a known fraction of a millimetre.
"""

from featkit import PerspectiveRectifier
from featkit.datasets import make_sheets
from featkit.display import StepsDisplay

photo = make_sheets(1, scale="sheet", random_state=0).images[0]
rectifier = PerspectiveRectifier(size=(210, 297), pixel_size=0.3)  # A4, millimetres
flat = rectifier.fit_transform([photo])[0]
print("pixels from above:", flat.shape[:2], "of 0.3 mm each")
display = StepsDisplay([("photo", photo), ("from straight above", flat)]).plot()
