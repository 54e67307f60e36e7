"""Iris flowers measured from their images: from a photo to sepal and petal lengths to the species.

``python -m pipelines.iris`` draws the 150 flowers of the iris table, measures them back from the pixels and compares
the classifier on the measured values with the same classifier on the table itself, and with raw pixels. Before photos
(``--background photo``) thin stalks are lost, so every blade is measured where it lies; of the small petals of setosa
about half are not found, which counts as missing.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.impute import SimpleImputer
from sklearn.metrics import r2_score
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import Bunch

from featkit import (
    BackgroundRemover,
    PartMeasurements,
    Resizer,
    compare_features,
    make_iris_flowers,
    print_comparison,
    raw_pixel_baselines,
)

PART_COLORS: dict[str, Sequence[float]] = {
    "sepal": (0.30, 0.22, 0.65),
    "petal": (0.78, 0.40, 0.68),
    "center": (0.22, 0.50, 0.20),
    "mark": (0.75, 0.12, 0.12),
}
MEASURED = [f"{part}_feret_diameter_{end}" for part in ("sepal", "petal") for end in ("max", "min")]  # length, width


def measuring_pipeline(pixel_size: float) -> Pipeline:
    """Photo to the four lengths and widths of the iris table.

    Parameters
    ----------
    pixel_size : float
        Centimetres per pixel.

    Returns
    -------
    pipeline : Pipeline
        Gives a pandas table with the columns `MEASURED`, in cm.
    """
    return make_pipeline(
        BackgroundRemover(fill_holes=False),
        PartMeasurements(parts=PART_COLORS, pixel_size=pixel_size),
        make_column_transformer(("passthrough", MEASURED), verbose_feature_names_out=False),
    ).set_output(transform="pandas")


def classifier() -> Pipeline:
    """Fisher's own: linear discriminant analysis; a petal that was not found counts as a median one."""
    return make_pipeline(SimpleImputer(strategy="median"), LinearDiscriminantAnalysis())


def compare(
    *, background: str = "plain", n_splits: int = 5, random_state: int = 0, verbose: bool = True
) -> tuple[pd.DataFrame, pd.Series]:
    """Compare measured flowers with the iris table and with raw pixels, fold by fold.

    Parameters
    ----------
    background : {"plain", "photo"}, default="plain"
        See `featkit.make_iris_flowers`.
    n_splits : int, default=5
        Folds.
    random_state : int, default=0
        Seed of the images and of the folds.
    verbose : bool, default=True
        Show progress and print the tables.

    Returns
    -------
    table : pandas.DataFrame
        See `featkit.compare_features`; the last row is the classifier on the iris table itself.
    agreement : pandas.Series
        R^2 between each measured column and the table, over the flowers whose part was found.
    """
    flowers = make_iris_flowers(background=background, random_state=random_state)
    folds = StratifiedKFold(n_splits, shuffle=True, random_state=random_state)
    small = Resizer(height=64, width=64)
    baselines = {
        name: make_pipeline(small, pipeline)
        for name, pipeline in raw_pixel_baselines(flowers.images, random_state=random_state).items()
        if "logistic" not in name
    }
    table = compare_features(
        {
            "raw pixels + MLP": baselines["raw pixels + MLP"],
            "measured from the photo": make_pipeline(measuring_pipeline(flowers.pixel_size), classifier()),
        },
        flowers.images,
        flowers.target,
        baseline=baselines["raw pixels + tuned SVM"],
        cv=folds,
        verbose=False,
    )
    truth = cross_validate(classifier(), flowers.measurements, flowers.target, cv=folds)
    table.loc["the iris table itself"] = {
        "accuracy": truth["test_score"].mean(),
        "accuracy_std": truth["test_score"].std(ddof=1),
        "fit_seconds": np.median(truth["fit_time"]),
        "ms_per_image": 0.0,
        "n_features": len(MEASURED),
    }
    agreement = measured_agreement(flowers)
    if verbose:
        print_comparison(table)
        print("R^2 of measured against true:", ", ".join(f"{name} {value:.4f}" for name, value in agreement.items()))
    return table, agreement


def measured_agreement(flowers: Bunch) -> pd.Series:
    """R^2 between the measured columns and the truth of drawn flowers.

    Parameters
    ----------
    flowers : Bunch
        As `featkit.make_iris_flowers` returns it.

    Returns
    -------
    agreement : pandas.Series
        By name of the column.
    """
    measured = measuring_pipeline(flowers.pixel_size).fit_transform(flowers.images)
    scores = {}
    for name, truth in zip(MEASURED, flowers.measurements.T, strict=True):
        found = measured[name].notna()
        scores[name] = r2_score(truth[found], measured.loc[found, name])
    return pd.Series(scores)


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--background", choices=["plain", "photo"], default="plain")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    compare(background=options.background, random_state=options.seed)


if __name__ == "__main__":
    main()
