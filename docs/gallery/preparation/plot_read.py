"""
Read files, and see what is wrong with them
===========================================

`ImageReader` turns paths into images as the first step of a pipeline, upright, whatever the format; `describe_images`
looks through a folder for what will bite later.
"""

import tempfile
from pathlib import Path

from PIL import Image
from skimage import data

from featkit import ImageReader, describe_images, list_images
from featkit.display import StepsDisplay

folder = Path(tempfile.mkdtemp())
for name in ("chelsea", "coffee"):
    (folder / name).mkdir()
    Image.fromarray(getattr(data, name)()[::2, ::2]).save(folder / name / "1.jpg")
paths, labels, _ = list_images(folder)
images = ImageReader().fit_transform(paths)
print(describe_images(folder))
display = StepsDisplay(list(zip(labels, images))).plot()
