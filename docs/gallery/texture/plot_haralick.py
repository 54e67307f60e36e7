"""
Co-occurrence texture (Haralick, GLCM)
======================================

`Haralick` counts which gray levels stand side by side: contrast, correlation, entropy. A good first try for surfaces
and defects.
"""

from matplotlib.figure import Figure
from skimage import data

from featkit import Haralick

names = ("brick", "grass", "gravel")
images = [getattr(data, name)()[:128, :128] for name in names]
haralick = Haralick().set_output(transform="pandas")
table = haralick.fit_transform(images)
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots(1, 4)
for axis, name, image in zip(axes, names, images):
    axis.imshow(image, cmap="gray")
    axis.set_title(name)
    axis.set_axis_off()
contrast = next(column for column in table if "contrast" in column)
axes[3].barh(names, table[contrast])
axes[3].set_title(contrast.replace("_", " "), fontsize=9)
