"""Exact and near-duplicate images, found by a perceptual hash."""

import hashlib
from collections.abc import Iterable
from numbers import Integral
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.fft import dctn

from .._optional import require
from ..image.alpha import flatten_alpha
from ..image.checks import Image, check_image
from ..image.conversions import to_float, to_gray
from ..io.image_reader import ImageReader
from ..io.sources import Sources
from ..parameters import Interval, check_number

if TYPE_CHECKING:
    from pandas import DataFrame

_SIDE = 32  # of the small gray image that is hashed
_LOW = 16  # rows and columns of low frequencies kept: 16 * 16 - 1 bits
_CHUNK = 512
_SAME_IMAGE = 0.98  # correlation of the small images


def perceptual_hash(image: Image) -> np.ndarray:
    """DCT perceptual hash (pHash): nearly invariant to rescaling, compression and small brightness changes.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The image to hash; transparent pixels count as black.

    Returns
    -------
    bits : bool ndarray (255,)
        Which of the low frequencies of the gray image, shrunk to 32 x 32, are above their median: cosine transform,
        the first 16 x 16 coefficients without the mean, row by row. All False for a flat image.

    Raises
    ------
    ImageFormatError
        When `image` is no image.

    See Also
    --------
    find_duplicates : Compares the hashes of many images.

    References
    ----------
    Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", section 3.2.1 (DCT based hash).

    Examples
    --------
    >>> import numpy as np
    >>> from skimage.data import camera
    >>> from featkit.evaluation import perceptual_hash
    >>> int(np.sum(perceptual_hash(camera()) != perceptual_hash(camera()[::2, ::2])))
    4
    """
    return _hashes(_small_gray(check_image(image))[np.newaxis])[0]


def _small_gray(image: Image) -> np.ndarray:
    gray = to_float(to_gray(flatten_alpha(image)))
    return cv2.resize(gray, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)


def _hashes(small: np.ndarray) -> np.ndarray:
    low = dctn(small, axes=(1, 2), norm="ortho")[:, :_LOW, :_LOW].reshape(len(small), -1)[:, 1:]
    return low > np.maximum(np.median(low, axis=1, keepdims=True), 1e-5 * _SIDE)


def find_duplicates(X: Sources, *, max_distance: int = 20) -> "DataFrame":
    """Find exact and near-duplicate images.

    Parameters
    ----------
    X : batch of images or of sources that `ImageReader` reads
        Images of any sizes.
    max_distance : int from 0 to 255, default=20
        Bits of the `perceptual_hash` that near duplicates may differ in. Those found are looked at again: their
        gray images, shrunk to 32 x 32, must correlate by 0.98.

    Returns
    -------
    duplicates : pandas.DataFrame
        Columns image_a, image_b (indices, a < b), distance (bits) and exact (the same pixels, shape and dtype).
        Further exact copies are paired with the first one only; near duplicates are looked for among what is left.

    Raises
    ------
    InvalidParameterError
        When `max_distance` is not from 0 to 255.
    MissingDependencyError
        When pandas is not installed.

    See Also
    --------
    perceptual_hash : The hash that is compared.
    featkit.describe_images : Duplicates of a folder, with sizes, light and broken files.

    Notes
    -----
    Small drawings on an empty background that only resemble each other (two ones by the same hand) can be near
    duplicates, too: the table is something to look at. Flat images are only ever exact duplicates.

    Examples
    --------
    >>> from skimage.data import camera, coins
    >>> from featkit import find_duplicates
    >>> find_duplicates([camera(), coins(), camera()[::2, ::2], coins()])
       image_a  image_b  distance  exact
    0        0        2         4  False
    1        1        3         0   True
    """
    pandas = require("pandas", extra="report")
    max_distance = check_number("max_distance", max_distance, Interval(Integral, 0, 255, closed="both"))
    digests, small = _digests_and_small_images(X if isinstance(X, np.ndarray) else list(X))
    rows: list[tuple[int, int, int, bool]] = []
    first: dict[bytes, int] = {}
    for index, digest in enumerate(digests):
        if digest in first:
            rows.append((first[digest], index, 0, True))
        first.setdefault(digest, index)
    distinct = np.array(list(first.values()))
    pairs, distances = _near_pairs(small[distinct], max_distance)
    rows += [(*distinct[pair], distance, False) for pair, distance in zip(pairs, distances)]
    table = pandas.DataFrame(rows, columns=["image_a", "image_b", "distance", "exact"])
    types = {"image_a": int, "image_b": int, "distance": int, "exact": bool}
    return table.astype(types).sort_values(["image_a", "image_b"], ignore_index=True)


def _digests_and_small_images(X: np.ndarray | list) -> tuple[list[bytes], np.ndarray]:
    digests, small = [], []
    for start in range(0, len(X), _CHUNK):
        for image in ImageReader(min_size=2 * _SIDE).fit_transform(X[start : start + _CHUNK]):
            content = f"{image.shape}{image.dtype}".encode() + np.ascontiguousarray(image).tobytes()
            digests.append(hashlib.blake2b(content, digest_size=16).digest())
            small.append(_small_gray(image))
    return digests, np.stack(small)


def _near_pairs(small: np.ndarray, max_distance: int) -> tuple[list[np.ndarray], list[int]]:
    """Pairs (a, b), a < b, of small images within the distance that also correlate, and their distances."""
    flat = small.reshape(len(small), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    flat = flat / np.maximum(length, 1e-9)
    signs = np.where(_hashes(small), 1, -1).astype(np.float32)
    n_bits = signs.shape[1]
    structured = length[:, 0] > 1e-3 * _SIDE
    pairs, distances = [], []
    for start in range(0, len(signs), _CHUNK):
        distance = (n_bits - signs[start : start + _CHUNK] @ signs[start:].T) / 2
        near = (distance <= max_distance) & structured[start : start + _CHUNK, np.newaxis] & structured[start:]
        a, b = np.nonzero(np.triu(near, k=1))
        alike = np.einsum("ij,ij->i", flat[start + a], flat[start + b]) >= _SAME_IMAGE
        pairs += [*np.column_stack([start + a[alike], start + b[alike]])]
        distances += distance[a[alike], b[alike]].astype(int).tolist()
    return pairs, distances


def parted_by(duplicates: "DataFrame", splits: Iterable[tuple[np.ndarray, np.ndarray]], n_images: int) -> np.ndarray:
    """Number of splits that train on one image of a pair and test on the other.

    Parameters
    ----------
    duplicates : pandas.DataFrame
        As `find_duplicates` returns it.
    splits : iterable of (train, test) indices
    n_images : int

    Returns
    -------
    n_splits : int ndarray (n_pairs,)
    """
    first, second = duplicates["image_a"].to_numpy(), duplicates["image_b"].to_numpy()
    count = np.zeros(len(duplicates), dtype=int)
    for train, test in splits:
        trained, tested = np.zeros((2, n_images), dtype=bool)
        trained[train], tested[test] = True, True
        count += (trained[first] & tested[second]) | (tested[first] & trained[second])
    return count
