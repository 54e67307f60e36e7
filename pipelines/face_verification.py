"""Pairs of photos told apart: one person, or two?"""

from itertools import chain
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline, make_pipeline

from featkit import FaceVerifier, WithinClassNormalizer
from featkit.faces.comparison import equal_error_rate, true_match_rate
from featkit.metric_learning import pair_features
from pipelines.face_descriptions import DESCRIPTIONS, describe_faces, face_components


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
    return make_pipeline(face_components(name, n_components=n_components), WithinClassNormalizer())


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
    """Tell pairs of one person from pairs of two, fold by fold, by each way of describing a face and by several.

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
        By description: ``accuracy`` (mean over the folds), ``std`` (over the folds), ``eer`` and
        ``tmr`` (matches found at 1 % false ones) over all pairs.
    """
    folds = read_pairs(pairs)
    if len(folds) < 3:
        raise ValueError(f"Expected at least three folds, to learn, calibrate and test, got {len(folds)}.")
    photos = sorted({photo for pair in chain(*folds) for photo in pair[:2]})
    tables, _ = describe_faces([_path_of(folder, *photo) for photo in photos], n_jobs=n_jobs)
    cosines = _cosines_by_fold(folds, photos, tables, n_components)
    return {description: _verified(folds, cosines, names) for description, names in DESCRIPTIONS.items()}


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
    decisions = np.concatenate(scores)
    return {
        "accuracy": np.mean(accuracies),
        "std": np.std(accuracies),
        "eer": equal_error_rate(truths, decisions),
        "tmr": true_match_rate(truths, decisions, false_match_rate=0.01),
    }
