"""Which images a folder says to learn from and which to test on: `list_splits`."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...exceptions import ImageReadError
from .folder_names import are_parts, has_split_names, word_of_part

# What the parts of a data set are for, by the beginnings of their names.
_KINDS = {"tr": "train", "va": "val", "dev": "val", "ev": "val", "test": "test", "ts": "test", "hold": "test"}


def list_splits(folder: str | os.PathLike, paths: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Splits into training and test images that the subfolders of a data set make, for `cv`.

    Parameters
    ----------
    folder : str or PathLike
        With the parts of a data set, ``train``, ``val``, ``test``, or ``fold1``, ``fold2``, ... at the top.
    paths : sequence of str
        The images in it, as `list_images` lists them.

    Returns
    -------
    splits : list of (ndarray of int, ndarray of int)
        Indices of the images to learn from and to test on. One split where there is a part to test on: the test images
        are those of ``test``, or of ``val`` where there is no ``test``, and all others are learnt from. Of folds each
        one is tested on in its turn; images beside them, in ``train``, are learnt from every time, and a ``test``
        beside them makes the one split.

    Raises
    ------
    ImageReadError
        When the subfolders are no parts of a data set, or there is nothing to learn from or to test on.

    See Also
    --------
    list_images : Lists the images; of the parts of a data set all together.
    featkit.benchmark : Takes the splits as `cv`, as scikit-learn's searches and `cross_val_score` do.

    Notes
    -----
    An image in both parts is counted as it stands: `find_duplicates` finds such.

    Examples
    --------
    >>> from featkit.io import list_splits
    >>> paths = ["photos/train/cat/1.png", "photos/train/dog/2.png", "photos/test/cat/3.png", "photos/test/dog/4.png"]
    >>> list_splits("photos", paths)
    [(array([0, 1]), array([2, 3]))]
    """
    folders = [Path(path).relative_to(folder).parts[:-1] for path in paths]
    level, tops = 0, {names[0] for names in folders if names}
    below = {names[1] for names in folders if len(names) > 1}
    if len(tops) == 1 and are_parts(below):
        level, tops = 1, below
    if not has_split_names(tops):
        raise ImageReadError(
            f"{folder}: expected the parts of a data set as subfolders, such as train and test, got "
            f"{', '.join(sorted(tops)[:5]) or 'none'}. Leave out the split: images are assigned to folds then.",
            str(folder),
        )
    kinds = np.array([_kind_of(names[level]) if len(names) > level else "" for names in folders])
    tested = next((kind for kind in ("test", "val") if kind in kinds), None)
    if tested is not None:
        masks = [kinds == tested]
    else:
        masks = [kinds == kind for kind in sorted({*kinds} - {"", "train"}, key=lambda kind: (len(kind), kind))]
    splits = [(np.flatnonzero(~mask & (kinds != "")), np.flatnonzero(mask)) for mask in masks]
    if not splits or not all(len(train) and len(test) for train, test in splits):
        raise ImageReadError(
            f"{folder}: expected images to learn from and images to test on, got the parts {', '.join(sorted(tops))}.",
            str(folder),
        )
    return splits


def _kind_of(name: str) -> str:
    """What a part is for: train, val, test, the name of a fold, or nothing (unlabelled images)."""
    part = word_of_part(name)
    return part if part[-1:].isdigit() else next((kind for start, kind in _KINDS.items() if part.startswith(start)), "")
