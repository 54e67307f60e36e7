"""Draw docs/flower.png, the picture of the README: a photo and a drawn iris through mask, crop, features and decision.

python tools/drawings/draw_readme_picture.py
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from skimage import data
from sklearn.datasets import load_sample_image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import HOG, BackgroundRemover, Corrupter, ForegroundCropper, make_iris_flowers
from featkit.display import FeatureDisplay, StepsDisplay
from featkit.features.shape import part_labels
from pipelines import iris

KINDS = ("rotation", "brightness", "shift", "contrast", "blur", "noise")  # of the copies to learn from


def copies(photo, n_copies):
    """Changed copies of a photo, each in another way."""
    changes = [(KINDS[number % len(KINDS)], 1 + number // len(KINDS) % 3) for number in range(n_copies)]
    return [
        Corrupter(kind=kind, severity=severity, random_state=number).fit_transform([photo])[0]
        for number, (kind, severity) in enumerate(changes)
    ]


def draw_photo(axes):
    """A photo, told apart from two others by the gradients of what stands before its background."""
    photos = {"flower": load_sample_image("flower.jpg"), "cat": data.chelsea(), "cup": data.coffee()}
    images = [image for photo in photos.values() for image in copies(photo, 18)]
    labels = np.repeat(list(photos), 18)
    remover, cropper = BackgroundRemover(components="largest"), ForegroundCropper(height=192, width=192)
    gradients = HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2))
    model = make_pipeline(remover, cropper, gradients, StandardScaler(), LogisticRegression(C=1e-3))
    model.fit(images, labels)
    shown = (photos["flower"][:, ::-1] * 0.7).astype(np.uint8)  # mirrored and darker: no copy is
    cut_out = remover.transform([shown])[0]
    crop = cropper.transform([cut_out])[0]
    StepsDisplay([("photo", shown), ("background removed", cut_out), ("cropped and centred", crop)]).plot(ax=axes[:3])
    FeatureDisplay(gradients, crop).plot(ax=[axes[3], axes[4]])
    axes[3].set_title("edges in every cell (HOG)", fontsize=9)
    decided = model.predict_proba([shown])[0]
    draw_bars(axes[4], model.classes_, decided, f"decided → {model.predict([shown])[0]}", "%.2f")


def draw_iris(axes):
    """A drawn flower, measured with what the 149 others taught."""
    flowers = make_iris_flowers(random_state=4)
    chosen = 75
    others = [index for index in range(150) if index != chosen]
    measuring = iris.measuring_pipeline(flowers.pixel_size).fit(flowers.images[others])
    model = make_pipeline(measuring, iris.classifier()).fit(flowers.images[others], flowers.target[others])
    photo = flowers.images[chosen]
    cut_out = BackgroundRemover(components="largest", fill_holes=False).transform([photo])[0]
    crop = ForegroundCropper(height=256, width=256).fit_transform([cut_out])[0]
    part_colors = measuring.named_steps["partmeasurements"].part_colors_
    parts = part_labels(crop, part_colors) / len(part_colors)
    species = flowers.target_names[model.predict([photo])[0]]
    row = measuring.transform([photo]).to_numpy()[0]
    steps = [
        ("drawn iris", photo),
        ("background removed", cut_out),
        ("cropped and centred", crop),
        ("parts by colour", parts),
    ]
    StepsDisplay(steps).plot(ax=axes[:4])
    words = {"feret_diameter_max": "length", "feret_diameter_min": "width", "_": " "}
    names = list(iris.MEASURED)
    for old, new in words.items():
        names = [name.replace(old, new) for name in names]
    draw_bars(axes[4], names, row, f"measured in cm → {species}", "%.2f")


def draw_bars(axis, names, values, title, form):
    """Values as bars with their names."""
    axis.clear()
    axis.barh(names, values)
    axis.bar_label(axis.containers[0], fmt=form, fontsize=8, padding=2)
    axis.set_title(title, fontsize=9)
    axis.set_xlim(0, 1.25 * max(values))
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    axis.invert_yaxis()


def main():
    """Draw both rows."""
    figure = Figure(figsize=(13, 4.9), layout="constrained")
    rows = figure.subplots(2, 5)
    draw_photo(rows[0])
    draw_iris(rows[1])
    path = Path(__file__).parents[2] / "docs" / "flower.png"
    figure.savefig(path, dpi=90)
    print(path)


if __name__ == "__main__":
    main()
