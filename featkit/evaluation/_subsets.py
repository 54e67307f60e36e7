"""Nested stratified subsets of a training set, and the sizes at which learning curves are measured."""

from collections.abc import Iterable, Sequence

import numpy as np

LEAST_OF_A_CLASS = 4  # images in every fold, on which an inner search by three folds can still be done


def take(X: np.ndarray | list, indices: np.ndarray) -> np.ndarray | list:
    """Rows of an array or entries of a list."""
    return X[indices] if isinstance(X, np.ndarray) else [X[index] for index in indices]


def nested_subsets(labels: np.ndarray, sizes: Sequence[int], random_state: int | Sequence[int]) -> list[np.ndarray]:
    """Stratified subsets of one training set, each part of the next.

    Parameters
    ----------
    labels : ndarray (n_images,)
        Class of each training image.
    sizes : sequence of int
        Images in each subset.
    random_state : int or sequence of int
        Seed.

    Returns
    -------
    subsets : list of int ndarray
        Positions in `labels`. In each the number of images of a class is its fraction of the set times the size,
        rounded down or up.

    Raises
    ------
    ValueError
        When a size is larger than the set, or too small for an image of every class.
    """
    if not sizes:
        return []
    rng = np.random.default_rng(random_state)
    classes, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    turns = _turns(counts, rng.permutation(len(classes)))
    order = np.empty_like(by_class)
    order[np.argsort(turns, kind="stable")] = by_class
    for size in sizes:
        missing = set(classes.tolist()) - set(labels[order[:size]].tolist())
        if size < 1:
            raise ValueError(f"Expected train_sizes of at least 1, got {size}.")
        if size > len(labels) or missing:
            what = f"{len(labels)} are there" if size > len(labels) else f"no image of {missing} would be among them"
            raise ValueError(f"Expected train_sizes that a fold can give, got {size}: {what}.")
    return [order[:size] for size in sizes]


def _turns(counts: np.ndarray, precedence: np.ndarray) -> np.ndarray:
    """Class of every place in line, such that among any first places each class has its fraction, rounded down or up.

    This is the apportionment of seats that is monotone in the size of the house and stays within quota: the next seat
    goes to the class with the largest ``count / (seats + 1)`` of those that it would not lift over their quota.

    Balinski and Young 1975, "The quota method of apportionment", doi:10.1080/00029890.1975.11993911.
    """
    ranked = np.argsort(precedence)  # who comes first among equals
    wanted = counts[ranked]
    total = int(wanted.sum())
    seats = np.zeros_like(wanted)
    turns = np.empty(total, dtype=np.intp)
    for place in range(total):
        may_have = seats * total < (place + 1) * wanted
        chosen = int(np.argmax(np.where(may_have, wanted / (seats + 1), 0)))
        seats[chosen] += 1
        turns[place] = ranked[chosen]
    return turns


def automatic_sizes(trained_on: Iterable[np.ndarray]) -> list[int]:
    """Sizes for learning curves over the training parts of folds.

    Parameters
    ----------
    trained_on : iterable of ndarray (n_images,)
        Class of each training image, fold by fold.

    Returns
    -------
    sizes : list of int
        An eighth, a quarter, half and all of the smallest part; those for which `nested_subsets` leaves every class at
        least four images in every fold.
    """
    counts = [np.unique(labels, return_counts=True)[1] for labels in trained_on]
    smallest = min(int(count.sum()) for count in counts)
    sizes = [smallest // divisor for divisor in (8, 4, 2, 1)]
    return [
        size
        for size in sizes
        if all(size * int(count.min()) // int(count.sum()) >= LEAST_OF_A_CLASS for count in counts)
    ]
