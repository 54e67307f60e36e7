"""Leaves: tell species apart by the shape of the leaf alone.

``python -m pipelines.leaves FOLDER`` prints the accuracy over stratified folds. FOLDER holds silhouettes or photos of
single leaves: one subfolder per species, or the images in ``images/`` and a ``labels.csv`` (columns image, species).
"""

import argparse
import csv
import os
import time
from pathlib import Path

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import QuantileTransformer

from featkit import (
    AreaIntegralInvariant,
    BackgroundRemover,
    ChordQuantiles,
    ChunkedTransformer,
    CurvatureQuantiles,
    ImageReader,
    RegionMeasurements,
    list_images,
)


def load_leaves(folder: str | os.PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Find the images of a folder and their species.

    Parameters
    ----------
    folder : str or PathLike
        One subfolder per species; or ``labels.csv`` (columns image, species) and the images in ``images/``.

    Returns
    -------
    paths, species : ndarray of str (n_images,)
    """
    images, table = Path(folder) / "images", Path(folder) / "labels.csv"
    if not table.is_file():
        return list_images(folder)[:2]
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return np.array([str(images / row["image"]) for row in rows]), np.array([row["species"] for row in rows])


def leaf_features() -> FeatureUnion:
    """Shape of a leaf: its measurements, and what its outline is like from the teeth up to the whole form.

    Returns
    -------
    features : FeatureUnion
        Images with alpha -> table. Nothing in it looks inside the outline or minds how the leaf lies.
    """
    return FeatureUnion(
        [
            ("measurements", RegionMeasurements(color=None)),
            ("curvature", CurvatureQuantiles()),
            ("coverage", AreaIntegralInvariant()),
            ("chords", ChordQuantiles()),
        ],
        verbose_feature_names_out=False,
    )


def leaf_classifier() -> Pipeline:
    """Linear discriminants with shrinkage on columns brought to equal distributions, so that no outlier rules.

    Returns
    -------
    classifier : Pipeline
        Table -> species; copes with ten leaves per species and more columns than leaves.
    """
    return make_pipeline(
        QuantileTransformer(n_quantiles=20), LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    )


def leaf_pipeline() -> Pipeline:
    """Classify leaves, from paths to species.

    Returns
    -------
    pipeline : Pipeline
    """
    described = ChunkedTransformer(make_pipeline(ImageReader(), BackgroundRemover(), leaf_features()))
    return make_pipeline(described, leaf_classifier())


def evaluate(folder: str | os.PathLike, *, n_repeats: int = 1, random_state: int = 0) -> dict[str, dict[str, float]]:
    """Cross-validate every family of features alone, and all together, on the same stratified five folds.

    The features learn nothing, so each image is measured once; the classifier learns on the training folds only.

    Parameters
    ----------
    folder : str or PathLike
        See `load_leaves`.
    n_repeats : int, default=1
        How often the leaves are dealt into five folds anew.
    random_state : int, default=0

    Returns
    -------
    results : dict of str to dict
        By family, and for "all": ``accuracy`` (mean over all folds), ``std`` (standard deviation of the means of the
        repeats; 0 for one repeat), ``ms_per_image`` and ``n_features``.
    """
    paths, species = load_leaves(folder)
    images = list(make_pipeline(ImageReader(), BackgroundRemover()).fit_transform(paths))  # each is read once
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=n_repeats, random_state=random_state)
    tables: dict[str, np.ndarray] = {}
    results: dict[str, dict[str, float]] = {}

    def score(name: str, milliseconds: float) -> None:
        accuracies = cross_val_score(leaf_classifier(), tables[name], species, cv=folds).reshape(n_repeats, 5)
        results[name] = {
            "accuracy": accuracies.mean(),
            "std": accuracies.mean(axis=1).std(),
            "ms_per_image": milliseconds,
            "n_features": tables[name].shape[1],
        }

    for name, family in leaf_features().transformer_list:
        family.transform(images[:1])
        start = time.perf_counter()
        tables[name] = family.transform(images)
        score(name, 1000 * (time.perf_counter() - start) / len(images))
    tables["all"] = np.hstack(list(tables.values()))
    score("all", sum(result["ms_per_image"] for result in results.values()))
    return results


def main(arguments: list[str] | None = None) -> None:
    """Run the evaluation from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="images of leaves, one subfolder per species or images/ and labels.csv")
    parser.add_argument("--repeats", type=int, default=1, help="times five folds (default: 1)")
    options = parser.parse_args(arguments)
    results = evaluate(options.folder, n_repeats=options.repeats)
    print(f"{'features':<14}{'columns':>8}{'ms/image':>10}{'accuracy':>10}")
    for name, result in results.items():
        spread = f" +- {100 * result['std']:.1f}" if options.repeats > 1 else ""
        accuracy = f"{100 * result['accuracy']:.1f}{spread}"
        print(f"{name:<14}{result['n_features']:>8}{result['ms_per_image']:>10.1f}  {accuracy:>8}")


if __name__ == "__main__":
    main()
