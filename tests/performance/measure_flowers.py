"""What removing the background gains on photos of flowers.

    python tests/performance/measure_flowers.py FOLDER [--splits 5] [--repeats 2] [--network-file FILE | --color]

FOLDER has one subfolder of photos for each kind. The figures of the README are of 20 photos of each of the 17 kinds of
the "17 Category Flower Dataset" (Nilsback and Zisserman 2006, www.robots.ox.ac.uk/~vgg/data/flowers/17), every fourth
of its 80, the shorter side at most 256 pixels. Prints the mean accuracy over stratified folds in percent: raw pixels
with a tuned SVM; features of the whole photo; the same features of the flower alone, behind `BackgroundRemover` and
`ForegroundCropper`; and the embedding of a pretrained network in ONNX where one is given.

``--color`` measures instead how colour is best counted, alone and beside HOG and LBP (the families of
pipelines/objects.py, each row of length 1), and prints Markdown.
"""

import argparse

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler
from sklearn.svm import SVC

from featkit import (
    HOG,
    BackgroundRemover,
    ChunkedTransformer,
    ColorConverter,
    ColorHistogram,
    ColorMoments,
    ForegroundCropper,
    ImageReader,
    LocalBinaryPattern,
    ONNXEmbedding,
    Resizer,
    list_images,
    raw_pixel_baselines,
)


def described():
    """Edges in cells, colours and fine structure of an image of 128 x 128; nothing in it learns."""
    hog = HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear")
    return make_union(hog, ColorHistogram(space="hsv"), LocalBinaryPattern(method="nri_uniform"))


def accuracy(model, table, labels, options):
    """Mean over the folds in percent, and its standard deviation."""
    folds = RepeatedStratifiedKFold(n_splits=options.splits, n_repeats=options.repeats, random_state=0)
    scores = 100 * cross_val_score(model, table, labels, cv=folds)
    return scores.mean(), scores.std()


def measure(paths, labels, options):
    """Name and accuracy of what was compared."""
    reader = ImageReader()
    whole = [reader, ColorConverter(), Resizer(height=128, width=128, mode="pad")]
    alone = [reader, BackgroundRemover(), ForegroundCropper(height=128, width=128)]
    pixels = np.stack(make_pipeline(*whole, Resizer(height=32, width=32)).fit_transform(paths))
    name = "raw pixels + tuned SVM"
    yield name, accuracy(raw_pixel_baselines(pixels)[name], pixels, labels, options)
    classifier = make_pipeline(StandardScaler(), SVC(C=10))
    for name, steps in {"features of the whole photo": whole, "features of the flower alone": alone}.items():
        table = ChunkedTransformer(make_pipeline(*steps, described())).fit_transform(paths)
        yield name, accuracy(classifier, table, labels, options)
    if options.network_file:
        network = make_pipeline(reader, Resizer(height=224, width=224), ONNXEmbedding(path=options.network_file))
        table = ChunkedTransformer(network).fit_transform(paths)
        classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        yield "network", accuracy(classifier, table, labels, options)


def color_families():
    """Ways to count colours, by name."""
    root = FunctionTransformer(np.sqrt)
    places = make_pipeline(ColorMoments(grid=(4, 4)), SimpleImputer(keep_empty_features=True), StandardScaler())
    return {
        "hue, saturation, value apart": make_pipeline(ColorHistogram(space="hsv"), root, Normalizer()),
        "joint histogram, 8 x 8 x 8": make_pipeline(ColorHistogram(joint=True, n_bins=8), root, Normalizer()),
        "moments in 4 x 4 cells": make_pipeline(places, Normalizer()),
    }


def print_colors(paths, labels, options):
    """Accuracy of each way, on whole photos and on flowers alone, by itself and beside gradients and texture."""
    alone = [BackgroundRemover(), ForegroundCropper(height=128, width=128)]
    whole = [Resizer(height=128, width=128)]
    hog = HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear", background=1.0)
    lbp = LocalBinaryPattern(method="nri_uniform", grid=(2, 2), background=1.0)
    cells = {name: [] for name in ("no colour", *color_families())}
    for steps in (whole, alone):
        images = make_pipeline(ImageReader(), ColorConverter(), *steps).fit_transform(paths)
        others = np.hstack([make_pipeline(family, Normalizer()).fit_transform(images) for family in (hog, lbp)])
        tables = {"no colour": np.zeros((len(images), 0))}
        tables |= {name: family.fit_transform(images) for name, family in color_families().items()}
        for name, table in tables.items():
            beside = np.hstack([others, table])
            for one in (table, beside):
                found = "{:.1f} ± {:.1f}".format(*accuracy(SVC(C=10), one, labels, options)) if one.shape[1] else "–"
                cells[name].append(found)
    print("| | whole photo | beside HOG and LBP | flower alone | beside HOG and LBP |\n|---|---:|---:|---:|---:|")
    for name, values in cells.items():
        print(f"| {name} | {' | '.join(values)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=2)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--network-file")
    instead.add_argument("--color", action="store_true", help="measure how colour is best counted")
    options = parser.parse_args()
    paths, labels, _ = list_images(options.folder)
    if options.color:
        print_colors(paths, labels, options)
        return
    print(f"{len(paths)} photos of {len(np.unique(labels))} kinds")
    for name, (mean, spread) in measure(paths, labels, options):
        print(f"{name}: {mean:.1f} +- {spread:.1f} %", flush=True)


if __name__ == "__main__":
    main()
