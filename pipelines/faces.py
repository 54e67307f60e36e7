"""Faces: who is it, and is it the same person, by landmarks and what lies around them.

``python -m pipelines.faces identify FOLDER`` wants one subfolder of photos per person. ``python -m pipelines.faces
verify FOLDER PAIRS`` wants photos as ``NAME/NAME_0001.jpg`` and a list of pairs in ten folds as that of Labeled Faces
in the Wild. ``python -m pipelines.faces detect`` tells faces from other images on crops that ship with scikit-image.

None of this is a proof of identity, and error rates differ between groups of people, by age, sex and the colour of the
skin: a figure for one set of photos says little about another.
"""

import argparse
import warnings
from collections.abc import Sequence
from os import PathLike

import numpy as np
from skimage import data
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedShuffleSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import SVC

from featkit import HOG, RawPixels, list_images
from pipelines.face_descriptions import DESCRIPTIONS, describe_faces, face_components, side_by_side
from pipelines.face_verification import verify


def identify(
    folder: str | PathLike, *, n_splits: int = 10, n_train: int = 5, n_jobs: int = 1
) -> dict[str, tuple[float, float]]:
    """Recognise the persons of a folder from some of their photos, by each way of describing a face and by several.

    Parameters
    ----------
    folder : str or PathLike
        One subfolder of photos per person.
    n_splits : int, default=10
    n_train : int, default=5
        Photos of each person to learn from; the others test.
    n_jobs : int, default=1

    Returns
    -------
    results : dict of str to (float, float)
        Mean accuracy and its standard deviation over the splits, with discriminants learnt from `n_train` photos; and
        that of the nearest neighbour of one photo per person, ``"... , one photo"``.
    """
    paths, persons, _ = list_images(folder)
    tables, _ = describe_faces(paths.tolist(), n_jobs=n_jobs)
    n_persons = len(np.unique(persons))
    results = {}
    for description, names in DESCRIPTIONS.items():
        for size, label, candidate in (
            (n_train, description, _discriminants),
            (1, f"{description}, one photo", _nearest_face),
        ):
            table, model = candidate(tables, names)
            splits = StratifiedShuffleSplit(n_splits, train_size=size * n_persons, random_state=0)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The number of unique classes")  # one photo per person is meant
                scores = cross_val_score(model, table, persons, cv=splits)
            results[label] = scores.mean(), scores.std()
    return results


def _discriminants(tables, names):
    """Linear discriminants behind whitened components, with shrinkage: near-duplicate photos cannot upset them."""
    components = {name: face_components(name, n_components=50 if name == "geometry" else 150) for name in names}
    table, reduced = side_by_side(tables, components)
    return table, make_pipeline(reduced, LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1))


def _nearest_face(tables, names):
    """The nearest neighbour by the sum of the cosines of all descriptions."""
    table, directions = side_by_side(
        tables, {name: make_pipeline(face_components(name), Normalizer()) for name in names}
    )
    return table, make_pipeline(directions, KNeighborsClassifier(1, metric="cosine"))


def face_detectors() -> dict[str, Pipeline]:
    """Ways to tell a face from anything else in a crop of 25 x 25 pixels.

    Returns
    -------
    candidates : dict of str to Pipeline
    """
    gradients = HOG(pixels_per_cell=(5, 5), cells_per_block=(2, 2), voting="trilinear", signed=True)
    return {
        "raw pixels": make_pipeline(RawPixels(), SVC(C=10)),
        "HOG": make_pipeline(gradients, SVC(C=10)),
    }


def detect(*, n_repeats: int = 5) -> dict[str, tuple[float, float]]:
    """Tell the 100 faces of scikit-image's `lfw_subset` from its 100 other crops.

    Returns
    -------
    results : dict of str to (float, float)
        Mean accuracy over five folds, and its standard deviation over the repeats.
    """
    crops = data.lfw_subset()
    is_face = np.arange(len(crops)) < 100
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=n_repeats, random_state=0)
    results = {}
    for name, model in face_detectors().items():
        scores = cross_val_score(model, crops, is_face, cv=folds).reshape(n_repeats, 5).mean(axis=1)
        results[name] = scores.mean(), scores.std()
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Run an evaluation from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("identify", help="recognise the persons of a folder")
    task.add_argument("folder", help="one subfolder of photos per person")
    task.add_argument("--train", type=int, default=5, help="photos of each person to learn from (default: 5)")
    task.add_argument("--jobs", type=int, default=1)
    task = tasks.add_parser("verify", help="tell pairs of one person from pairs of two")
    task.add_argument("folder", help="photos as NAME/NAME_0001.jpg")
    task.add_argument("pairs", help="list of pairs in folds")
    task.add_argument("--jobs", type=int, default=1)
    tasks.add_parser("detect", help="tell faces from other crops")
    options = parser.parse_args(arguments)
    if options.task == "verify":
        print(f"{'description':<26}{'accuracy':>16}{'EER':>8}{'TMR at 1 %':>12}")
        for name, found in verify(options.folder, options.pairs, n_jobs=options.jobs).items():
            accuracy = f"{100 * found['accuracy']:.1f} +- {100 * found['std']:.1f}"
            print(f"{name:<26}{accuracy:>16}{100 * found['eer']:>8.1f}{100 * found['tmr']:>12.1f}")
        return
    if options.task == "identify":
        results = identify(options.folder, n_train=options.train, n_jobs=options.jobs)
    else:
        results = detect()
    for name, (mean, std) in results.items():
        print(f"{name:<36}{100 * mean:>7.1f} +- {100 * std:.1f}")


if __name__ == "__main__":
    main()
