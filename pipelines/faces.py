"""Faces: who is it, and is it the same person, by landmarks and what lies around them.

``python -m pipelines.faces identify FOLDER`` wants one subfolder of photos per person. ``python -m pipelines.faces
verify FOLDER PAIRS`` wants photos as ``NAME/NAME_0001.jpg`` and a list of pairs in ten folds as that of Labeled Faces
in the Wild. ``python -m pipelines.faces detect`` tells faces from other pictures on crops that ship with scikit-image.

None of this is a proof of identity, and error rates differ between groups of people, by age, sex and the colour of the
skin: a figure for one set of photos says little about another.
"""

import argparse
import warnings
from collections.abc import Sequence
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed
from skimage import data
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedShuffleSplit, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import (
    HOG,
    FaceVerifier,
    ProcrustesAligner,
    RawPixels,
    WhitenedPCA,
    WithinClassNormalizer,
    align_face,
    equal_error_rate,
    face_landmarks,
    hog,
    landmark_descriptors,
    list_images,
    pair_features,
    read_image,
    to_gray,
    to_uint8,
    true_match_rate,
)

CROP = {"height": 112, "width": 96}
FUSED = ("geometry", "hog at landmarks", "lbp at landmarks")


def describe_faces(paths: Sequence[str], *, n_jobs: int = 1) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Find the face in every photo and describe it in five ways.

    Parameters
    ----------
    paths : sequence of str
        Photos. A face that is not found is looked for where the faces of the other photos are.
    n_jobs : int, default=1
        Processes.

    Returns
    -------
    tables : dict of str to float ndarray (n_photos, n_features)
        "geometry" (68 landmarks), "raw pixels" and "hog on the crop" of the upright crop, "hog at landmarks" and
        "lbp at landmarks", the last two averaged with those of the mirror image.
    found : bool ndarray (n_photos,)
    """
    workers = Parallel(n_jobs=n_jobs)
    landmarks = np.stack(workers(delayed(_landmarks)(path) for path in paths))
    found = ~np.isnan(landmarks).any(axis=1)
    landmarks[~found] = np.median(landmarks[found], axis=0)
    rows = workers(delayed(_described)(path, points) for path, points in zip(paths, landmarks, strict=True))
    tables = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return {"geometry": landmarks} | tables, found


def _landmarks(path):
    return face_landmarks(read_image(path)).ravel()


def _described(path, landmarks):
    image = read_image(path)
    crop = to_gray(to_uint8(align_face(image, landmarks.reshape(68, 2), **CROP)))
    return {
        "raw pixels": (crop[::2, ::2] / np.float32(255)).ravel(),
        "hog on the crop": hog(crop, cells_per_block=(2, 2), voting="trilinear", signed=True),
        "hog at landmarks": landmark_descriptors(image, landmarks, kind="hog"),
        "lbp at landmarks": landmark_descriptors(image, landmarks, kind="lbp"),
    }


def face_classifier(name: str) -> Pipeline:
    """Linear discriminants behind whitened components, with shrinkage: near-duplicate photos cannot upset them.

    Parameters
    ----------
    name : str
        A name of the tables of `describe_faces`.

    Returns
    -------
    classifier : Pipeline
        Table -> person.
    """
    if name == "geometry":
        return make_pipeline(ProcrustesAligner(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.02))
    return make_pipeline(WhitenedPCA(n_components=150), LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1))


def face_embedding(name: str, *, n_components: int = 400) -> Pipeline:
    """Rows whose cosine says how alike two faces are: whitened components, evened out within persons.

    Parameters
    ----------
    name : str
        A name of the tables of `describe_faces`.
    n_components : int, default=400

    Returns
    -------
    embedding : Pipeline
        Table -> table; fit takes the names of the persons.
    """
    steps = [WhitenedPCA(n_components=n_components), WithinClassNormalizer()]
    return make_pipeline(*([ProcrustesAligner(), StandardScaler()] if name == "geometry" else []), *steps)


def identify(
    folder: str | PathLike, *, n_splits: int = 10, n_train: int = 5, n_jobs: int = 1
) -> dict[str, tuple[float, float]]:
    """Recognise the persons of a folder from some of their photos, by each way of describing a face.

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
    tables, _ = describe_faces(paths, n_jobs=n_jobs)
    n_persons = len(np.unique(persons))
    results = {}
    for name, table in tables.items():
        for size, label, model in (
            (n_train, name, face_classifier(name)),
            (1, f"{name}, one photo", _nearest_face(name)),
        ):
            splits = StratifiedShuffleSplit(n_splits, train_size=size * n_persons, random_state=0)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The number of unique classes")  # one photo per person is meant
                scores = cross_val_score(model, table, persons, cv=splits)
            results[label] = scores.mean(), scores.std()
    return results


def _nearest_face(name):
    first = [ProcrustesAligner(), StandardScaler()] if name == "geometry" else []
    return make_pipeline(*first, WhitenedPCA(), KNeighborsClassifier(1, metric="cosine"))


class Pair(NamedTuple):
    """Two photos, named by person and number, and whether they show one person."""

    first: tuple[str, int]
    second: tuple[str, int]
    is_match: bool


def read_pairs(path: str | PathLike) -> list[list[Pair]]:
    """Read a list of pairs as Labeled Faces in the Wild has it.

    Parameters
    ----------
    path : str or PathLike
        The first line says how many folds there are and how many pairs of each kind in a fold; then for each fold the
        pairs of one person (``NAME 1 4``) and those of two (``NAME 1 OTHER 2``), split by tabs or spaces.

    Returns
    -------
    folds : list of list of Pair

    Raises
    ------
    ValueError
        When the numbers do not agree with the lines, or a line is no pair.
    """
    head, *lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    n_folds, n_pairs = (int(head[0]), int(head[1])) if len(head) == 2 else (1, int(head[0]))
    if len(lines) != 2 * n_folds * n_pairs:
        raise ValueError(f"Expected {n_folds} folds of 2 x {n_pairs} pairs in {path}, got {len(lines)} lines of pairs.")
    pairs = [_pair(line, path) for line in lines]
    return [pairs[start : start + 2 * n_pairs] for start in range(0, len(pairs), 2 * n_pairs)]


def _pair(words, path):
    if len(words) == 3:
        return Pair((words[0], int(words[1])), (words[0], int(words[2])), True)
    if len(words) == 4:
        return Pair((words[0], int(words[1])), (words[2], int(words[3])), False)
    raise ValueError(f"Expected pairs of 3 or 4 words in {path}, got {' '.join(words)!r}.")


def verify(
    folder: str | PathLike, pairs: str | PathLike, *, n_jobs: int = 1, n_components: int = 400
) -> dict[str, dict[str, float]]:
    """Tell pairs of one person from pairs of two, fold by fold, by each way of describing a face and by all together.

    In turn one fold tests, the one before it calibrates (the threshold, and the weights of the fused cosines), and the
    others teach the embedding with the names of their persons; no person of a test or calibration fold is among those.
    No photos from elsewhere are used.

    Parameters
    ----------
    folder : str or PathLike
        Photos as ``NAME/NAME_0001.jpg`` (or .png, .pgm).
    pairs : str or PathLike
        See `read_pairs`; at least three folds.
    n_jobs : int, default=1
    n_components : int, default=400

    Returns
    -------
    results : dict of str to dict
        By description, and for "fused": ``accuracy`` (mean over the folds), ``std`` (over the folds), ``eer`` and
        ``tmr`` (matches found at 1 % false ones) over all pairs.
    """
    folds = read_pairs(pairs)
    if len(folds) < 3:
        raise ValueError(f"Expected at least three folds, to learn, calibrate and test, got {len(folds)}.")
    photos = sorted({photo for pair in chain(*folds) for photo in pair[:2]})
    tables, _ = describe_faces([_path_of(folder, *photo) for photo in photos], n_jobs=n_jobs)
    cosines = _cosines_by_fold(folds, photos, tables, n_components)
    results = {name: _verified(folds, cosines, [name]) for name in tables}
    results["fused"] = _verified(folds, cosines, FUSED)
    return results


def _path_of(folder, name, number):
    found = sorted((Path(folder) / name).glob(f"{name}_{number:04d}.*"))
    if not found:
        raise FileNotFoundError(f"Expected a photo {name}/{name}_{number:04d}.jpg in {folder}.")
    return str(found[0])


def _cosines_by_fold(folds, photos, tables, n_components):
    """For every fold that tests: by description, the cosines of the calibrating and of the testing pairs."""
    row_of = {photo: row for row, photo in enumerate(photos)}
    persons = np.array([name for name, _ in photos])
    cosines = []
    for test in range(len(folds)):
        held_out = folds[test - 1], folds[test]
        known = {photo[0] for pair in chain(*held_out) for photo in pair[:2]}
        taught = np.flatnonzero(~np.isin(persons, sorted(known)))
        found = {}
        for name, table in tables.items():
            embedding = face_embedding(name, n_components=n_components).fit(table[taught], persons[taught])
            embedded = [
                [embedding.transform(table[[row_of[pair[side]] for pair in fold]]) for side in (0, 1)]
                for fold in held_out
            ]
            found[name] = [pair_features(*halves, kinds=("cosine",)) for halves in embedded]
        cosines.append(found)
    return cosines


def _verified(folds, cosines, names):
    accuracies, truths, scores = [], [], []
    for test, found in enumerate(cosines):
        calibrating, testing = (np.hstack([found[name][part] for name in names]) for part in (0, 1))
        truth, known = ([pair.is_match for pair in folds[fold]] for fold in (test, test - 1))
        verifier = FaceVerifier().fit(calibrating, known)
        accuracies.append(verifier.score(testing, truth))
        truths += truth
        scores.append(verifier.decision_function(testing))
    scores = np.concatenate(scores)
    return {
        "accuracy": np.mean(accuracies),
        "std": np.std(accuracies),
        "eer": equal_error_rate(truths, scores),
        "tmr": true_match_rate(truths, scores, false_match_rate=0.01),
    }


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
        print(f"{'description':<20}{'accuracy':>16}{'EER':>8}{'TMR at 1 %':>12}")
        for name, found in verify(options.folder, options.pairs, n_jobs=options.jobs).items():
            accuracy = f"{100 * found['accuracy']:.1f} +- {100 * found['std']:.1f}"
            print(f"{name:<20}{accuracy:>16}{100 * found['eer']:>8.1f}{100 * found['tmr']:>12.1f}")
        return
    if options.task == "identify":
        results = identify(options.folder, n_train=options.train, n_jobs=options.jobs)
    else:
        results = detect()
    for name, (mean, std) in results.items():
        print(f"{name:<32}{100 * mean:>7.1f} +- {100 * std:.1f}")


if __name__ == "__main__":
    main()
