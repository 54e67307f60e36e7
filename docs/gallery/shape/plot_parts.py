"""
Parts of an object told apart by colour
=======================================

`PartMeasurements` learns the colours of the parts, here sepals and petals of a drawn iris, and measures each part:
the columns of the iris table, from an image.
"""

from featkit import BackgroundRemover, PartMeasurements, make_iris_flowers
from featkit.display import StepsDisplay
from featkit.features.shape import part_labels

flowers = make_iris_flowers(random_state=0)
cut_out = BackgroundRemover(components="largest", fill_holes=False).fit_transform(flowers.images[:6])
measured = PartMeasurements(parts=3).fit(cut_out)
parts = part_labels(cut_out[0], measured.part_colors_) / 3
display = StepsDisplay([("cut out", cut_out[0]), ("parts", parts), ("values", measured.transform(cut_out[:1])[0])])
display = display.plot()
