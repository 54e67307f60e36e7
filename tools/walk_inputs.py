"""What every public estimator and function of images does with input that is easily misunderstood.

    python -m tools.walk_inputs > docs/inputs.md

Nothing may give a number for input that it does not understand: each cell says what came.
"""

import inspect
import warnings
from collections import defaultdict
from functools import partial

import numpy as np
import pandas as pd
from sklearn.base import clone

from tests.contract.test_contract import IMAGE_ESTIMATORS, LEARNING_FROM_MASKS
from tests.contract.test_functions import FUNCTIONS, NEEDED
from tests.public_names import public_items

RNG = np.random.default_rng(0)
HEIGHT, WIDTH = 96, 112
GRAY = RNG.integers(0, 256, (HEIGHT, WIDTH)).astype(np.uint8)
COLOR = RNG.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
DEEP = RNG.integers(0, 65536, (HEIGHT, WIDTH)).astype(np.uint16)
LABELS = np.zeros((HEIGHT, WIDTH), np.int32)
for number, (row, col) in enumerate([(10, 10), (10, 60), (50, 10), (50, 60)], 1):
    LABELS[row : row + 21, col : col + 21] = number


def with_alpha(mask):
    return np.dstack([COLOR, 255 * mask.astype(np.uint8)])


SOFT = np.clip(24 - np.hypot(*np.mgrid[-48:48, -56:56]), 0, 5) / 5
TOUCHING = np.where(np.hypot(*np.mgrid[-48:48, -56:56]) < 24, np.where(np.arange(WIDTH) < 56, 1, 2), 0)
MASKS = {
    "bool": LABELS > 0,
    "bool, empty": np.zeros((HEIGHT, WIDTH), bool),
    "0 and 255": np.where(LABELS > 0, 255, 0).astype(np.uint8),
    "labels, uint8": LABELS.astype(np.uint8),
    "labels, int32": LABELS,
    "labels, float": LABELS.astype(np.float64),
    "labels that touch, uint8": TOUCHING.astype(np.uint8),
    "labels that touch, int32": TOUCHING,
    "regions of 200 and 255 that touch": np.choose(TOUCHING, [0, 200, 255]).astype(np.uint8),
    "-1 for background": LABELS - 1,
    "soft, uint8": np.rint(255 * SOFT).astype(np.uint8),
    "soft, float": SOFT,
    "float with NaN": np.where(LABELS > 0, np.nan, 0),
    "masked array": np.ma.masked_array(LABELS > 0, LABELS > 2),
    "stack of masks": np.stack([number == LABELS for number in range(1, 5)]),
    "COCO's RLE": {"counts": b"", "size": [HEIGHT, WIDTH]},
    "polygon": np.array([[10.5, 10], [40, 11], [30, 40]]),
    "path": "mask.png",
}
INPUTS = {
    "labels, int32": LABELS,
    "labels, int64": LABELS.astype(np.int64),
    "labels, uint16": LABELS.astype(np.uint16),
    "labels, uint8": LABELS.astype(np.uint8),
    "labels, float in [0, 1]": LABELS / 4,
    "silhouette, 0 and 255": np.where(LABELS > 0, 255, 0).astype(np.uint8),
    "silhouette of 21 pixels, in RGB": np.dstack(
        [np.where(LABELS[:42, :42] > 0, 255, 0).astype(np.uint8)[::2, ::2]] * 3
    ),
    "masked array": np.ma.masked_array(GRAY, LABELS > 0),
    "12 bits in uint16": DEEP >> 4,
    "14 bits in uint16": DEEP >> 2,
    "int16 with negative values": GRAY.astype(np.int16) - 100,
    "float 0..255": GRAY.astype(np.float64),
    "float16": (GRAY / 255).astype(np.float16),
    "float with NaN": np.where(LABELS > 0, np.nan, GRAY / 255),
    "channels first": np.moveaxis(COLOR, 2, 0),
    "channels first, with alpha": np.moveaxis(with_alpha(LABELS > 0), 2, 0),
    "one channel with an axis": GRAY[..., np.newaxis],
    "five channels": np.dstack([COLOR, COLOR])[..., :5],
    "alpha empty": with_alpha(np.zeros((HEIGHT, WIDTH), bool)),
    "alpha full": with_alpha(np.ones((HEIGHT, WIDTH), bool)),
    "alpha of 0 and 1 in uint8": np.dstack([COLOR, (LABELS > 0).astype(np.uint8)]),
    "alpha in percent": np.dstack([COLOR, (100 * (LABELS > 0)).astype(np.uint8)]),
    "mask of bool, empty": np.zeros((HEIGHT, WIDTH), bool),
    "mask of bool, full": np.ones((HEIGHT, WIDTH), bool),
}
REFUSALS = ("ImageFormatError", "LandmarkFormatError", "SubjectNotFoundError")
HEAD = """# What odd input does

Input that strangers' programs write, given to every public estimator (`fit_transform` of a batch of two) and to every
public function whose first argument is an image; made by `python -m tools.walk_inputs`. Nothing gives a number for
input that it does not understand.

- **refused**: an `ImageFormatError` (`LandmarkFormatError` for points; where an image must come back and there is
  nothing to show, `SubjectNotFoundError`) that says what was expected, what came and what to do.
- **NaN**: the row is missing, as an image without foreground has nothing to measure.
- **taken**: understood and worked on; a *warning* says what is doubtful.

Labels in uint8 or uint16 and 12-bit data in uint16 are valid images to a function that describes light, so they are
taken there, at the levels that the data have; what reads a **mask** asks what the numbers mean (`mask_kind`).
The order of channels (RGB or BGR) cannot be seen in an array: featkit takes RGB, and its reader gives RGB.
What measures form alone takes a silhouette or labels in gray for a photo of which all is foreground, and warns.
`ObjectTable` has a row for each object, so that the index of the images is not that of its rows.
"""

MASKS_HEAD = """
## Masks and label images

The public functions whose first argument is a mask or a label image. A label image of 8 or 16 bits may be a gray image,
so that what asks for a mask refuses it; in other dtypes all but 0 is foreground. What tells objects apart (`to_mask`,
`separate_labels`, `find_objects`) never joins labels that touch.
"""


def is_missing(output):
    values = output if isinstance(output, np.ndarray) else np.asarray(getattr(output, "values", np.nan), object)
    return values.dtype.kind == "f" and values.size > 0 and bool(np.isnan(values).all())


def outcome(call):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            output = call()
        except Exception as error:
            kind = type(error).__name__
            return "refused" if kind in REFUSALS else kind
    result = "NaN" if is_missing(output) else "taken"
    said = [
        warning
        for warning in told
        if warning.category.__module__.startswith("featkit") or warning.category is UserWarning
    ]
    return f"{result}, warning" if said else result


def targets_of(estimator, images):
    """Two classes, or the upper half of each image for what learns from masks."""
    if type(estimator) not in {type(learner) for learner in LEARNING_FROM_MASKS}:
        return [0, 1]
    return [np.indices(np.shape(image)[:2])[0] < len(image) // 2 for image in images]


def index_comes_through(estimator):
    series = pd.Series([COLOR, COLOR[::-1].copy()], index=["b", "a"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            output = (
                estimator.set_output(transform="pandas").fit(series, targets_of(estimator, series)).transform(series)
            )
    except Exception as error:
        return type(error).__name__
    return "kept" if list(getattr(output, "index", [])) == ["b", "a"] else "lost"


def subjects():
    for estimator in IMAGE_ESTIMATORS:
        if hasattr(estimator, "transform"):
            name = type(estimator).__name__

            def run(image, estimator=estimator):
                images = [image, image]
                return clone(estimator).fit(images, targets_of(estimator, images)).transform(images)

            yield name, run, index_comes_through(clone(estimator))
    for parameter in FUNCTIONS:
        (function,) = parameter.values
        needed = NEEDED.get(function.__name__, {})
        yield f"{function.__name__}()", partial(function, **needed), ""


def mask_subjects():
    """Public functions whose first argument is a mask or a label image."""
    for _, name, item in public_items():
        first = next(iter(inspect.signature(item).parameters), "") if inspect.isfunction(item) else ""
        if first in ("mask", "labels"):
            yield f"{name}()", item


def print_groups(titles, patterns):
    groups = sorted(patterns.items(), key=lambda item: -len(item[1]))
    print("| input | " + " | ".join(f"group {number}" for number in range(1, len(groups) + 1)) + " |")
    print("|---" * (len(groups) + 1) + "|")
    for position, title in enumerate(titles):
        print(f"| {title} | " + " | ".join(pattern[position] for pattern, _ in groups) + " |")
    print()
    for number, (_, names) in enumerate(groups, 1):
        print(f"- **Group {number}**: {', '.join(f'`{name}`' for name in sorted(names))}.")


def main():
    patterns = defaultdict(list)
    for name, run, index in subjects():
        row = tuple(outcome(lambda image=image, run=run: run(image)) for image in INPUTS.values())
        patterns[(*row, index)].append(name)
    print(HEAD)
    print_groups([*INPUTS, "index of a Series"], patterns)
    patterns = defaultdict(list)
    for name, function in mask_subjects():
        patterns[tuple(outcome(lambda mask=mask, function=function: function(mask)) for mask in MASKS.values())].append(
            name
        )
    print(MASKS_HEAD)
    print_groups(MASKS, patterns)


if __name__ == "__main__":
    main()
