"""``make demo``: do hand-made features beat raw pixels? Digits, flowers, faces and objects, in one report."""

import argparse
from pathlib import Path

import numpy as np
from skimage import data as photos
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from featkit import (
    HOG,
    BackgroundRemover,
    ContrastStretcher,
    GrayscaleConverter,
    LocalBinaryPattern,
    RegionMeasurements,
    Resizer,
    benchmark,
    detect_faces,
    make_iris_flowers,
    make_shapes,
    print_comparison,
    raw_pixel_baselines,
    write_report,
)
from featkit.display import ExplanationDisplay, LandmarkDisplay, MeasurementDisplay
from featkit.evaluation import Benchmark
from featkit.faces.landmarks import face_landmarks
from featkit.report import ReportSection
from pipelines import digits, iris, leaves, objects

CHANGES = ["brightness", "contrast", "light_gradient", "shift", "rotation", "blur", "noise", "occlusion"]
SHAPES = ("disk", "ellipse", "rectangle")
GROUNDS = ("brick", "grass", "gravel")


def digits_section(n_splits: int = 8) -> ReportSection:
    """Handwritten digits: pixels against gradients, plain and normalised, from few images and under changes."""
    images, labels = digits.load_digits()
    chosen = np.random.default_rng(0).permutation(len(images))[:1500]
    images, labels = images[chosen], labels[chosen]
    candidates = {
        name: one for name, one in digits.candidates().items() if "augmented" not in name
    }  # five times as long
    found = benchmark(
        candidates,
        images,
        labels,
        cv=StratifiedShuffleSplit(n_splits, train_size=500, test_size=250, random_state=0),
        train_sizes=[100, 300, 500],
        corruptions=CHANGES,
        n_jobs=2,
    )
    recipe = candidates["normalised HOG + SVM"].fit(images, labels)
    linear = make_pipeline(recipe[:-1], StandardScaler(), LinearSVC(C=1e-3)).fit(images, labels)
    three = images[labels == 3][0]
    why = ExplanationDisplay.from_model(linear, three, target=3, reference=images[:200])
    return ReportSection(
        found,
        title="Handwritten digits",
        words=f"{len(images):,} of the MNIST digits, 28 x 28 pixels; {n_splits} times 500 of them are drawn to train "
        f"on and 250 others to test. {dimming_words(found)}",
        images=images,
        pipelines={"normalised HOG + SVM": recipe},
        samples=images[:2],
        figures=[("Why a 3 is a 3 to a linear classifier: red edges speak for it, blue ones against", why.figure_)],
    )


def dimming_words(found: Benchmark) -> str:
    """What dim light does to raw pixels, classifier by classifier."""
    dimmed = found.robustness[found.robustness["corruption"] == "brightness"]
    accuracy = 100 * dimmed.groupby("candidate")["accuracy"].mean()
    mlp = "raw pixels + MLP"
    others = [name for name in found.baselines if name != mlp and name.startswith("raw")]
    told = " and ".join(f"{name.removeprefix('raw pixels + ')} ({accuracy[name]:.0f} %)" for name in others)
    return (
        f"That dim light breaks raw pixels is true of {told}, on the mean of five steps of dimming, and hardly of the "
        f"MLP ({accuracy[mlp]:.0f} %), which sees each image less its own mean."
    )


def iris_section() -> ReportSection:
    """Iris flowers drawn with known truth: measured the way a botanist does, against their pixels."""
    flowers = make_iris_flowers(random_state=0)
    images, species = flowers.images, flowers.target_names[flowers.target]
    measured = make_pipeline(iris.measuring_pipeline(flowers.pixel_size), iris.classifier())
    small = Resizer(height=32, width=32)
    baselines = {
        name: make_pipeline(small, pipeline)
        for name, pipeline in raw_pixel_baselines(images).items()
        if name in ("raw pixels + logistic regression", "raw pixels + tuned SVM")
    }
    found = benchmark({"measured from the photo": measured}, images, species, baselines=baselines, cv=3, n_jobs=2)
    on_truth = cross_val_score(iris.classifier(), flowers.measurements, species, cv=3).mean()
    measured.fit(images, species)
    alpha = measured[0][0].transform(images[:1])[0]
    ruler = MeasurementDisplay.from_image(alpha, pixel_size=flowers.pixel_size, unit="cm")
    return ReportSection(
        found,
        title="Iris flowers, measured from their images",
        words="150 flowers drawn with the lengths and widths of the iris table, at any position and rotation and "
        "in varying light, three folds. The classifier that measures them knows the colours of sepals and petals. On "
        f"the true lengths and widths themselves the same classifier is right on {100 * on_truth:.1f} %.",
        images=images,
        figures=[("What was cut out, its greatest length and least width", ruler.figure_)],
    )


def faces_section() -> ReportSection:
    """Small gray images: is it a face?"""
    images = photos.lfw_subset()
    labels = np.repeat(["face", "no face"], 100)
    gradients = HOG(pixels_per_cell=(5, 5), cells_per_block=(2, 2), voting="trilinear")
    patterns = LocalBinaryPattern(method="nri_uniform", grid=(3, 3))
    candidates = {
        "HOG + SVM": make_pipeline(gradients, SVC(C=10)),
        "LBP + SVM": make_pipeline(patterns, StandardScaler(), SVC(C=10)),
        "HOG and LBP + SVM": make_pipeline(
            FeatureUnion([("hog", gradients), ("lbp", patterns)]), StandardScaler(), SVC(C=10)
        ),
    }
    baselines = raw_pixel_baselines(images)
    baselines.pop("raw pixels + MLP")
    found = benchmark(
        candidates,
        images,
        labels,
        baselines=baselines,
        train_sizes=[20, 50, 100],
        corruptions=CHANGES,
        ablate=["HOG and LBP + SVM"],
        n_jobs=2,
    )
    linear = make_pipeline(gradients, StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)).fit(images, labels)
    why = ExplanationDisplay.from_model(linear, images[3], target="face", reference=images)
    portrait = photos.astronaut()[:256, 96:352]
    points = LandmarkDisplay(portrait, face_landmarks(portrait), boxes=detect_faces(portrait)).plot()
    return ReportSection(
        found,
        title="Face or not",
        words="100 faces of the LFW data set and 100 other images, 25 x 25 gray pixels, as scikit-image ships them; "
        "five folds.",
        images=images,
        figures=[
            ("Why this is a face to a linear classifier: red edges speak for it, blue ones against", why.figure_),
            ("A face in a photo, and its 68 landmarks", points.figure_),
        ],
    )


def draw_objects(n_of_each: int, random_state: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Disks, ellipses and rectangles of any colour on the textures that scikit-image ships.

    Returns
    -------
    images : uint8 ndarray (3 * n_of_each, 128, 128, 3)
    labels : ndarray of str
    """
    rng = np.random.default_rng(random_state)
    images = []
    for shape in SHAPES:
        for drawn in make_shapes(n_of_each, shape=shape, random_state=random_state).images:
            texture = getattr(photos, GROUNDS[rng.integers(len(GROUNDS))])()
            row, col = rng.integers(np.array(texture.shape) - 127)
            ground = texture[row : row + 128, col : col + 128, np.newaxis] * rng.uniform(0.4, 1, 3)
            alpha = drawn[..., np.newaxis] / 255
            images.append(alpha * rng.uniform(60, 250, 3) + (1 - alpha) * ground)
    return np.rint(images).astype(np.uint8), np.repeat(SHAPES, n_of_each)


def objects_section(n_of_each: int = 40) -> ReportSection:
    """Objects of any colour on any background, told apart by their form."""
    images, labels = draw_objects(n_of_each)
    small = Resizer(height=32, width=32)
    baselines = {
        "raw pixels + tuned SVM": make_pipeline(small, raw_pixel_baselines(images)["raw pixels + tuned SVM"]),
        "gray stretched pixels + tuned SVM": make_pipeline(
            GrayscaleConverter(),
            ContrastStretcher(),
            small,
            raw_pixel_baselines(images[..., 0])["raw pixels + tuned SVM"],
        ),
    }
    families = objects.object_families()
    candidates = {
        f"{name} + SVM": make_pipeline(families[name], SVC(C=10)) for name in ("gradients", "texture", "color")
    }
    measured = "background removed, measured + SVM"
    candidates[measured] = make_pipeline(
        BackgroundRemover(), RegionMeasurements(), SimpleImputer(), StandardScaler(), SVC(C=10)
    )
    candidates["all families + SVM"] = make_pipeline(FeatureUnion(list(families.items())), SVC(C=10))
    found = benchmark(
        candidates,
        images,
        labels,
        baselines=baselines,
        cv=3,
        corruptions=["brightness", "rotation", "noise", "occlusion"],
        ablate=["all families + SVM"],
        n_jobs=2,
    )
    accuracy = found.table["accuracy"]
    whole = 100 * accuracy.drop([*baselines, measured]).max()
    pixels = 100 * accuracy[list(baselines)].max()
    return ReportSection(
        found,
        title="Objects on textures: the background removed",
        words=f"{len(images)} images of disks, ellipses and rectangles of any colour and size, drawn on photos of "
        "brick, grass and gravel, three folds. Their colour tells nothing, so a colour histogram has to fail, and the "
        "texture around them misleads the rest: the best description of the whole image is right on "
        f"{whole:.0f} %, raw pixels on {pixels:.0f} %. Removing the background and measuring what is left, the oldest "
        f"recipe of all, is right on {100 * accuracy[measured]:.0f} %.",
        images=images,
        pipelines={measured: candidates[measured].fit(images, labels)},
        samples=images[[0, n_of_each, 2 * n_of_each]],
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmarks, print their tables and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", metavar="FOLDER", help="also classify the leaves of this folder")
    parser.add_argument("--report", type=Path, default=Path("report.html"), help="file to write (default: report.html)")
    options = parser.parse_args(arguments)
    if options.leaves:
        leaves.main([options.leaves])
    sections = []
    print("Digits, iris flowers, faces and objects: some minutes on two cores, a table as each is done.", flush=True)
    for make_section in (digits_section, iris_section, faces_section, objects_section):
        section = make_section()
        print(f"\n{section.title}: {section.words}")
        print_comparison(section.benchmark.table)
        sections.append(section)
    path = write_report(options.report, sections, command="make demo")
    print(f"The report is in {path.resolve()} ({path.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
