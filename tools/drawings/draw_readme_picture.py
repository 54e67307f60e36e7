"""Draw docs/flower.png, the picture of the README: photo, mask, crop, features, decision.

python tools/drawings/draw_readme_picture.py
"""

from pathlib import Path

from sklearn.pipeline import make_pipeline

from featkit import BackgroundRemover, ForegroundCropper, make_iris_flowers
from featkit.display import StepsDisplay
from featkit.features.shape import part_labels
from pipelines import iris


def main():
    """Measure one flower with what the 149 others taught, and draw the steps."""
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
        ("photo", photo),
        ("background removed", cut_out),
        ("cropped and centred", crop),
        ("parts by colour", parts),
    ]
    display = StepsDisplay([*steps, (f"lengths and widths, cm → {species}", row)]).plot()
    bars = display.axes_[-1]
    bars.clear()
    bars.barh([name.replace("_", " ") for name in iris.MEASURED], row)
    bars.bar_label(bars.containers[0], fmt="%.2f", fontsize=8, padding=2)
    bars.set_title(f"measured in cm → {species}", fontsize=9)
    bars.set_xlim(0, 1.25 * row.max())
    bars.tick_params(labelsize=8)
    bars.invert_yaxis()
    display.figure_.set_size_inches(13, 2.7)
    path = Path(__file__).parents[2] / "docs" / "flower.png"
    display.figure_.savefig(path, dpi=90)
    print(path)


if __name__ == "__main__":
    main()
