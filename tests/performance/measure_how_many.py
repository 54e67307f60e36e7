"""How many images of each class are enough: accuracy against their number, on leaves, flowers and digits.

    PYTHONPATH=. python tests/performance/measure_how_many.py FOLDER [--splits 10]

FOLDER/leaves is a folder as `pipelines.leaves` takes it, here the 990 silhouettes of 99 species of Kaggle's Leaf
Classification; FOLDER/flowers one as `measure_flowers.py` takes it, here 20 photos of each of 17 kinds. The digits are
those of `pipelines.digits`. Prints the mean accuracy in percent over random splits, a fifth of the images to test.
"""

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from measure_flowers import described
from sklearn.base import BaseEstimator
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import (
    BackgroundRemover,
    ChunkedTransformer,
    ColorConverter,
    ForegroundCropper,
    ImageReader,
    Resizer,
    list_images,
    raw_pixel_baselines,
)
from pipelines import digits, leaves

SIZES = (4, 8, 16, 32, 100)
Rows = Iterator[tuple[str, list[str]]]
RAW = "raw pixels + tuned SVM"


def curve(model: BaseEstimator, rows: np.ndarray, labels: np.ndarray, n_splits: int) -> list[str]:
    """Accuracy for each number of images of a class that leaves a fifth to test on."""
    classes, counts = np.unique(labels, return_counts=True)
    cells = []
    for size in SIZES:
        if size > 0.8 * counts.min():
            cells.append("–")
            continue
        folds = StratifiedShuffleSplit(n_splits, train_size=size * len(classes), test_size=0.2, random_state=0)
        cells.append(f"{100 * cross_val_score(model, rows, labels, cv=folds).mean():.1f}")
    return cells


def of_leaves(folder: Path, n_splits: int) -> Rows:
    """Silhouettes, measured."""
    paths, species = leaves.load_leaves(folder)
    outlines = make_pipeline(ImageReader(), BackgroundRemover(), leaves.leaf_features())
    table = ChunkedTransformer(outlines).fit_transform(paths)
    yield "99 species of leaves, by their outlines", curve(leaves.leaf_classifier(), table, species, n_splits)


def of_flowers(folder: Path, n_splits: int) -> Rows:
    """Photos, their background removed; and as raw pixels."""
    paths, kinds, _ = list_images(folder)
    alone = make_pipeline(ImageReader(), BackgroundRemover(), ForegroundCropper(height=128, width=128), described())
    table = ChunkedTransformer(alone).fit_transform(paths)
    classifier = make_pipeline(StandardScaler(), SVC(C=10))
    yield "17 kinds of flowers, background removed, described", curve(classifier, table, kinds, n_splits)
    pixels = make_pipeline(ImageReader(), ColorConverter(), Resizer(height=32, width=32)).fit_transform(paths)
    yield "raw pixels of the flowers", curve(raw_pixel_baselines(pixels)[RAW], pixels, kinds, n_splits)


def of_digits(n_splits: int) -> Rows:
    """Gradients of centred digits; and their raw pixels."""
    images, labels = digits.load_digits()
    described_digits = digits.candidates()["trilinear signed HOG + SVM"]
    yield "ten digits, HOG", curve(described_digits, images, labels, n_splits)
    yield "raw pixels of the digits", curve(raw_pixel_baselines(images)[RAW], images, labels, n_splits)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--splits", type=int, default=10)
    options = parser.parse_args()
    print(f"| images of each class to learn from | {' | '.join(map(str, SIZES))} |")
    print(f"|---|{'---:|' * len(SIZES)}")
    folder = Path(options.folder)
    of_photos = (of_leaves(folder / "leaves", options.splits), of_flowers(folder / "flowers", options.splits))
    for name, cells in chain(*of_photos, of_digits(options.splits)):
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
