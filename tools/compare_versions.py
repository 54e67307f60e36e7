"""Compare what every public image estimator gives under different versions of the libraries below featkit.

    python -m tools.compare_versions write A/outputs.npz                        under each set of versions
    python -m tools.compare_versions compare A/outputs.npz B/outputs.npz ...    once; prints docs/versions.md

Every estimator runs with its defaults, and once with each other choice that a parameter offers, on drawn images (a
face on a photo of one) or, where it takes them, on a table of landmarks. The first
file is what the others are compared with; a difference above the tolerance ends the comparison with status 1.
"""

import argparse
import re
import sys
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import numpy as np
import skimage
from sklearn.base import clone

from featkit.exceptions import ImageReadError, MissingDependencyError
from featkit.testing._images import check_pictures, with_alpha
from tests.contract.test_contract import IMAGE_ESTIMATORS, LEARNING_FROM_MASKS, REGRESSORS, TABLE_ESTIMATORS
from tests.contract.test_functions import face_points

LIBRARIES = ("numpy", "scipy", "scikit-learn", "scikit-image", "opencv-python-headless", "numba", "pillow", "dlib-bin")
TOLERANCE = 1e-6  # of the largest value of the same output

# Estimator: (tolerance, why it may differ by more).
OTHER_WORDS = "scikit-learn's MiniBatchKMeans learns other words; with the same words rows are equal"
LOOSER = dict.fromkeys(("BagOfVisualWords", "WhitenedPatches"), (np.inf, OTHER_WORDS)) | {
    "Corrupter": (1 / 255, "elastic: a value halfway between two of 8 bits is rounded up or down"),
    "LandmarkPredictor": (0.01, "it learns from four faces anew; with the same learnt numbers landmarks are equal"),
}

# They take rows of landmarks; `FaceVerifier` takes those of scores.
LANDMARK_ESTIMATORS = [
    estimator
    for estimator in TABLE_ESTIMATORS
    if ".faces." in type(estimator).__module__ and type(estimator).__name__ != "FaceVerifier"
]

PAGE = """# Results under other versions

`make test-matrix` runs the tests under each of these sets of versions, then writes this page: every public estimator
of images and of landmarks, with its defaults and with every other choice that a parameter offers, on the same drawn
images and points. {equal} of {all} outputs are equal bit for bit under all of them. For the others the table has the
largest difference from the first set, as a fraction of the largest value of the output, and the fraction of values
that differ at all.
The tolerance is {tolerance:.0e} where no other is given, with its reason, below.
"""


def batches():
    """Images by name."""
    photos = check_pictures(8, height=96, width=112)
    face = skimage.data.astronaut()[:256, 96:352]
    return {
        "photos": photos,
        "photos in float32": photos / np.float32(255),
        "cut out": with_alpha(photos),
        "faces": np.stack([face, face[:, ::-1], *photos.repeat(3, axis=1).repeat(3, axis=2)[:2, :256, :256]]),
    }


def landmarks():
    """A table of the 68 landmarks of eight faces that differ a little."""
    return face_points().ravel() + np.random.default_rng(0).normal(0, 1.5, (8, 136))


def choices(constraints):
    """The values that a parameter offers by name."""
    for constraint in constraints:
        if constraint == "boolean":
            yield from (False, True)
        elif hasattr(constraint, "options"):  # scikit-learn's Options, StrOptions
            yield from sorted(constraint.options)


def variants(estimator):
    """The estimator with its defaults, then with every other choice of one parameter."""
    yield type(estimator).__name__, estimator
    parameters = estimator.get_params(deep=False)
    for name, constraints in estimator._parameter_constraints.items():
        for value in choices(constraints):
            if value != parameters[name]:
                yield f"{type(estimator).__name__}({name}={value!r})", clone(estimator).set_params(**{name: value})


def output(estimator, pictures):
    """What it makes of the images, flat; its message where it refuses them; None where this OpenCV cannot do it."""
    targets = np.arange(len(pictures)) % 2
    if type(estimator) in {type(regressor) for regressor in REGRESSORS}:
        targets = np.random.default_rng(0).uniform(10, 40, (len(pictures), 6))
    if type(estimator) in {type(learner) for learner in LEARNING_FROM_MASKS}:
        targets = [np.indices(picture.shape[:2])[0] < picture.shape[0] // 2 for picture in pictures]
    try:
        fitted = clone(estimator).fit(pictures, targets)
        result = fitted.transform(pictures) if hasattr(fitted, "transform") else fitted.predict(pictures)
    except MissingDependencyError as error:
        if str(error).startswith("OpenCV"):
            return None
        raise
    except (ValueError, ImageReadError) as error:
        return np.array(f"{type(error).__name__}: {error}")
    return np.concatenate([np.ravel(item) for item in result])


def write(path):
    outputs = {"versions": np.array([python_version(), *map(version, LIBRARIES)])}
    for name, pictures in batches().items():
        outputs[f"the pictures: {name}"] = pictures.ravel()
        for estimator in IMAGE_ESTIMATORS:
            if bool({"faces", "metric_learning"} & set(type(estimator).__module__.split("."))) == (name == "faces"):
                for title, variant in variants(estimator):
                    outputs[f"{title} on {name}"] = output(variant, pictures)
    outputs["the table: landmarks"] = landmarks().ravel()
    for estimator in LANDMARK_ESTIMATORS:
        for title, variant in variants(estimator):
            outputs[f"{title} on landmarks"] = output(variant, landmarks())
    outputs = {title: values for title, values in outputs.items() if values is not None}
    np.savez_compressed(path, **outputs)


def difference(expected, found):
    """Largest difference as a fraction of the largest value, and the fraction of values that differ at all."""
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return np.inf, 1.0
    if expected.dtype.kind == "U":
        return (0.0, 0.0) if expected == found else (np.inf, 1.0)
    unequal = (expected != found) & ~((expected != expected) & (found != found))
    if not unequal.any():
        return 0.0, 0.0
    distance = np.abs(expected[unequal].astype(np.float64) - found[unequal]).max()  # NaN where one side is missing
    largest = np.nanmax(np.abs(expected.astype(np.float64)))
    return (np.inf if np.isnan(distance) else distance / largest), unequal.mean()


def estimator_of(title):
    return re.split(r"\(| on ", title)[0]


def tolerance(name):
    return LOOSER.get(name, (TOLERANCE,))[0]


def table(heads, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)) + "\n"


def told(largest, share):
    return f"{largest:.0e} in {100 * share:.2g} %" if largest else "equal"


def compare(paths):
    """Print a page on the versions and all differences from the first file; return whether the tolerances are kept."""
    cells = {path.parent.name: dict(np.load(path)) for path in paths}
    versions = zip(("Python", *LIBRARIES), *(outputs.pop("versions") for outputs in cells.values()))
    expected, *others = cells.values()
    everywhere = [title for title in expected if all(title in outputs for outputs in others)]
    somewhere = {title.split(" on ")[0] for outputs in cells.values() for title in outputs.keys() - set(everywhere)}
    families = {}
    for title in everywhere:
        differences = [difference(expected[title], outputs[title]) for outputs in others]
        families.setdefault(estimator_of(title), []).append(differences)
    rows, n_equal, beyond = [], 0, []
    for name, outputs in families.items():
        differing = [pairs for pairs in outputs if any(largest for largest, _ in pairs)]
        n_equal += len(outputs) - len(differing)
        if differing:
            worst = [max(pairs) for pairs in zip(*differing)]
            rows.append((name, f"{len(differing)} of {len(outputs)}", *(told(*pair) for pair in worst)))
            if max(worst)[0] > tolerance(name):
                beyond.append(name)
    print(PAGE.format(equal=n_equal, all=len(everywhere), tolerance=TOLERANCE))
    print(table(["", *cells], versions))
    print(table(["estimator", "outputs that differ", *list(cells)[1:]], rows))
    for name, (limit, reason) in LOOSER.items():
        print(f"- {name}, {f'up to {limit:g}' if limit < np.inf else 'by any amount'}: {reason}.")
    if somewhere:
        print(f"- Not under all of them, and so not compared: {', '.join(sorted(somewhere))}.")
    print("Beyond the tolerance:", ", ".join(beyond) or "nothing", file=sys.stderr)
    return not beyond


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["write", "compare"])
    parser.add_argument("paths", type=Path, nargs="+")
    options = parser.parse_args()
    if options.action == "write":
        write(options.paths[0])
    elif not compare(options.paths):
        sys.exit(1)


if __name__ == "__main__":
    main()
