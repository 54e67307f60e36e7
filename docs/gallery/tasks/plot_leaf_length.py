"""
Leaf length in millimetres
==========================

Leaves on a sheet, photographed at an angle: a coin, or the edges of the sheet, give the size of a pixel; every leaf
gets a row with its length, width and area. For folders of photos ``featkit measure`` does this in one command, see
:doc:`/measuring`.
"""

from featkit import BackgroundRemover, ObjectFinder, find_objects, find_scale, measure_objects
from featkit.datasets import make_sheets
from featkit.display import MeasurementDisplay, StepsDisplay

sheet = make_sheets(1, scale="coin", min_leaves=3, max_leaves=5, max_tilt=4.0, random_state=1)
photo = sheet.images[0]
print("by the coin:", find_scale(photo, "coin", sheet.size[0], unit="mm").pixel_size, "mm a pixel")
scale = find_scale(photo, "sheet", (210, 297), unit="mm", rectify=True)  # seen from straight above
inside = scale.image[40:-40, 40:-40]

remover, finder = BackgroundRemover(components="all", min_fraction=0), ObjectFinder(min_size=30)  # mm²
table = measure_objects([inside], preprocessing=remover, finder=finder, pixel_size=[scale.pixel_size])
print(table[["object", "region_area", "region_feret_diameter_max", "region_feret_diameter_min"]].round(1))

cut_out = remover.fit_transform([inside])[0]
first = next(find_objects(cut_out, min_size=30, pixel_size=scale.pixel_size).cut_out(cut_out))
display = MeasurementDisplay.from_image(first, pixel_size=scale.pixel_size, unit="mm")
steps = StepsDisplay([("photo", photo), ("from above", inside), ("leaves cut out", cut_out)]).plot()
