"""The planes of a stack become one: the maximum, the mean, or the sharpest plane."""

from collections.abc import Iterable

import cv2
import numpy as np

from ...exceptions import ImageReadError

PROJECTIONS = ("max", "mean", "sharpest")


def project(planes: Iterable[np.ndarray], how: str) -> np.ndarray:
    """Project planes along their stack; no more than two of them are in memory at a time.

    Parameters
    ----------
    planes : iterable of ndarray (height, width[, 3 or 4])
        Of one shape and dtype.
    how : {"max", "mean", "sharpest"}
        The largest value of each pixel, its mean (rounded, of integers), or the whole plane whose Laplacian varies
        most [1]_; of equal ones the first.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        Of the dtype of the planes.

    References
    ----------
    .. [1] J. L. Pech-Pacheco, G. Cristobal, J. Chamorro-Martinez, J. Fernandez-Valdivia, "Diatom autofocusing in
       brightfield microscopy: a comparative study", ICPR 2000, doi:10.1109/ICPR.2000.903548.
    """
    planes = iter(planes)
    first = next(planes)
    if how == "mean":
        total, n_planes = first.astype(np.float64), 1
        for plane in planes:
            total += _alike(plane, first)
            n_planes += 1
        total /= n_planes
        return (np.rint(total) if first.dtype.kind in "ui" else total).astype(first.dtype)
    best, sharpness = first.copy(), -1.0
    if how == "sharpest":
        sharpness = _sharpness(first)
    for plane in planes:
        plane = _alike(plane, first)
        if how == "max":
            np.maximum(best, plane, out=best)
        elif (found := _sharpness(plane)) > sharpness:
            best, sharpness = plane, found
    return best


def _alike(plane: np.ndarray, first: np.ndarray) -> np.ndarray:
    if plane.shape != first.shape or plane.dtype != first.dtype:
        raise ImageReadError(
            f"expected planes of one size and dtype, got {first.shape} of {first.dtype} and {plane.shape} of "
            f"{plane.dtype}. Read them one by one, with page=."
        )
    return plane


def _sharpness(plane: np.ndarray) -> float:
    """Variance of the Laplacian, the mean over the channels."""
    laplacian = cv2.Laplacian(plane.astype(np.float32, copy=False), cv2.CV_32F)
    return float(np.mean(laplacian.astype(np.float64).var(axis=(0, 1))))
