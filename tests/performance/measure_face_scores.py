"""What the scores of `featkit compare-faces` mean: on a folder with one subfolder of photos per person.

    python tests/performance/measure_face_scores.py FOLDER

All pairs of photos, of one person and of strangers, with the photos, in gray, as they are and in four other states.
Nothing is learnt from them. Then `FaceMatcher`, on people that it was not learnt from.
"""

import argparse
import time

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from featkit import list_images, read_image
from featkit.faces.comparison import FaceMatcher, describe_face, equal_error_rate, true_match_rate
from featkit.faces.description import procrustes_distance
from featkit.faces.landmarks import face_landmarks
from featkit.image import to_gray, to_uint8

SCORES = ("appearance", "hog", "lbp", "geometry")


def sidelit(photo):
    """Light that comes from the left."""
    return (photo * np.linspace(1, 0.25, photo.shape[1])).astype(np.uint8)


def noisy(photo):
    noise = np.random.default_rng(0).normal(0, 15, photo.shape)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


STATES = {
    "as they are": lambda photo: photo,
    "a quarter of the light": lambda photo: photo // 4,
    "light from one side": sidelit,
    "half the size": lambda photo: cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
    "noise of 15 levels": noisy,
}


def described(photos):
    """Descriptions of the faces that are found, and which they are."""
    faces, found = [], []
    for index, photo in enumerate(photos):
        points = face_landmarks(photo)
        if not np.isnan(points).any():
            faces.append(describe_face(photo, points))
            found.append(index)
    return faces, np.array(found)


def all_scores(faces):
    """Scores of all pairs, by name; and the pairs."""
    first, second = np.triu_indices(len(faces), 1)
    scores = {}
    for name in ("hog", "lbp"):
        units = np.stack([getattr(face, name) / np.linalg.norm(getattr(face, name)) for face in faces])
        scores[name] = (units @ units.T)[first, second]
    scores["appearance"] = (scores["hog"] + scores["lbp"]) / 2
    table = np.stack([face.geometry for face in faces])
    distances = [procrustes_distance(table[k : k + 1], table[k + 1 :]) for k in range(len(table) - 1)]
    scores["geometry"] = 1 - np.concatenate(distances)
    return scores, first, second


def print_scores(scores, is_match):
    for name in SCORES:
        values = scores[name]
        auc, eer = roc_auc_score(is_match, values), equal_error_rate(is_match, values)
        ranges = [
            "{:.2f} to {:.2f}".format(*np.percentile(values[chosen], (5, 95))) for chosen in (~is_match, is_match)
        ]
        print(f"  {name:<12}AUC {auc:.3f}  EER {100 * eer:4.1f} %  strangers {ranges[0]}  one person {ranges[1]}")


def print_rates(scores, is_match, name="appearance"):
    values = scores[name]
    print(f"  reached by {name} of pairs of strangers and of one person:")
    for wanted in (0.5, 0.1, 0.01, 0.001):
        threshold = np.quantile(values[~is_match], 1 - wanted)
        print(f"    {threshold:.2f}: {100 * wanted:5.1f} % and {100 * (values[is_match] >= threshold).mean():.1f} %")


def print_matcher(faces, persons):
    probabilities, matches, seconds = [], [], []
    for learnt, held_out in GroupKFold(5).split(persons, groups=persons):
        start = time.perf_counter()
        matcher = FaceMatcher().fit([faces[k] for k in learnt], persons[learnt])
        seconds.append(time.perf_counter() - start)
        first, second = np.triu_indices(len(held_out), 1)
        probabilities.append(matcher.probabilities(*[[faces[k] for k in held_out]] * 2)[first, second])
        matches.append(persons[held_out[first]] == persons[held_out[second]])
    found, is_match = np.concatenate(probabilities), np.concatenate(matches)
    auc, eer = roc_auc_score(is_match, found), equal_error_rate(is_match, found)
    at_1 = true_match_rate(is_match, found, false_match_rate=0.01)
    print(f"FaceMatcher, five folds of people: AUC {auc:.3f}, EER {100 * eer:.1f} %, TMR {100 * at_1:.1f} % at FMR 1 %")
    print(f"  fit on {len(learnt)} faces: {np.median(seconds):.0f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="one subfolder of photos per person")
    paths, persons, _ = list_images(parser.parse_args().folder)
    photos, persons = [to_uint8(to_gray(read_image(path))) for path in paths], np.asarray(persons)
    for state, change in STATES.items():
        faces, found = described([np.ascontiguousarray(change(photo)) for photo in photos])
        scores, first, second = all_scores(faces)
        is_match = persons[found[first]] == persons[found[second]]
        print(f"{state}: {len(faces)} of {len(photos)} faces, {is_match.sum()} pairs of one person", end="")
        print(f", {(~is_match).sum()} of strangers", flush=True)
        print_scores(scores, is_match)
        if state == "as they are":
            print_rates(scores, is_match)
            print_matcher(faces, persons[found])


if __name__ == "__main__":
    main()
