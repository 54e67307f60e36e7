"""
Leaf length in millimetres
==========================

Leaves on a sheet beside a coin: the coin gives the size of a pixel, and every leaf gets a row with its length, width
and area. For a folder of photos the same table comes from one command, see :doc:`/measuring`::

    featkit measure photos --out leaves.csv --scale coin:23.25 --check-pictures checks

Scans of a flat-bed scanner need no coin: ``--scale print`` takes their dpi, ``--scale 0.0847`` is 25.4 / 300 dpi.

The coin cannot correct a camera that is held at an angle: ``tilt_error`` says what that may cost an area. Where the
four edges of the sheet are seen, measure by them instead, or once more as a check: the coin has a row there, too, the
first one here, and its length must be the diameter that was given, within a few percent.
"""

from featkit import measure_photo
from featkit.datasets import make_sheets
from featkit.display import MeasurementDisplay, ObjectsDisplay

sheets = make_sheets(1, scale="coin", min_leaves=3, max_leaves=5, max_tilt=4.0, random_state=1)
photo, diameter = sheets.images[0], sheets.size[0]  # yours: read_image("photos/1.jpg"), 23.25 for 1 euro
columns = ["object", "length", "width", "area", "unit", "tilt_error"]
by_coin = measure_photo(photo, scale=f"coin:{diameter}", min_size=30)  # mm²: nothing smaller is a leaf
print("by the coin of", diameter, "mm")
print(by_coin.table[columns].round(2).to_string(index=False))
by_sheet = measure_photo(photo, scale="sheet:210x297", min_size=30)
print("by the edges of the sheet")
print(by_sheet.table[columns].round(2).to_string(index=False))

numbered = ObjectsDisplay.from_photo(by_coin).plot()  # what --check-pictures draws
leaf = next(by_coin.objects.cut_out(by_coin.image))
display = MeasurementDisplay.from_image(leaf, pixel_size=by_coin.scale.pixel_size, unit="mm")
