"""Learned patch features: whitened patches of pixels by k-means, triangle activations, pooled in a grid."""

from collections.abc import Callable, Iterator
from numbers import Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from sklearn.cluster import MiniBatchKMeans
from sklearn.utils import check_random_state

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import SubjectNotFoundError
from ...image.alpha import flatten_alpha, foreground_mask
from ...image.checks import Image
from ...image.conversions import to_float, to_rgb
from ...parameters import COUNT, Interval, check_pair
from .._clustering import single_thread
from .._names import cell_names, padded_numbers
from .encodings import triangle_activations

LEAST_VARIANCE = 10 / 255**2  # added to the variance of a patch: flat patches are not divided by their noise
AT_ONCE = 4096  # patches, about
BEGINNING = 20  # patches for each word, among which the first words are chosen


class WhitenedPatches(FeatureExtractor):
    """Single-layer feature learning by k-means (Coates, Lee and Ng): whitened patches, triangle activation, pooling.

    `fit` draws patches of pixels from the training images, evens out their contrast, whitens them (ZCA) and clusters
    them into words. `transform` takes every patch of an image, measures by how much each word is nearer to it than
    words are on average (0 where it is not), and adds that up in each cell of a grid. Meant for small colour images in
    which the object fills the frame.

    Parameters
    ----------
    patch_size : int >= 1, default=6
        Side of the patches in pixels.
    n_words : int >= 1, default=200
        Size of the codebook; more words describe better, 400 to 1,600 are usual where there are thousands of images.
    stride : int >= 1, default=1
        Pixels from one patch to the next.
    grid : (int, int), default=(2, 2)
        Cells down and across in which activations are added up: quadrants.
    regularization : float > 0, default=0.1
        Added to the variance along each principal axis before whitening; the variance of an evened patch is up to 1.
        Less sharpens fine detail, and noise.
    max_patches : int >= 1, default=100000
        Patches to learn from, drawn evenly from the training images.
    random_state : int, RandomState or None, default=0
        Seed of the sampling and of the clustering.

    Attributes
    ----------
    mean_ : float32 ndarray (3 * patch_size ** 2,)
        Of the evened patches.
    whitening_ : float32 ndarray (3 * patch_size ** 2, 3 * patch_size ** 2)
        Symmetric matrix that is applied to an evened patch less the mean.
    words_ : float32 ndarray (n_words, 3 * patch_size ** 2)
        Centres of the clusters of whitened patches: channel by channel, row by row.

    Raises
    ------
    SubjectNotFoundError
        In fit, when the images hold fewer patches than `n_words`.

    See Also
    --------
    BagOfVisualWords : Words of gradients: histograms, VLAD, Fisher vectors.
    Scattering : Wavelets instead of learned words.
    HOG : Gradients in cells.

    Notes
    -----
    Learned, without labels. A patch of red, green and blue (a gray image has three equal channels) loses its mean and
    is divided by ``sqrt(variance + 10 / 255 ** 2)``, so that brightness and contrast of the light are gone. With
    distances z to the words and their mean m the activations are ``max(0, m - z)``. Rows are divided by the number of
    patches, so that images may differ in size. Only patches whose middle pixel is in the foreground count; what is
    transparent beside it has the mean colour of the foreground. An image without any (too small or empty) gives zeros.
    Put a `StandardScaler` behind it.

    References
    ----------
    A. Coates, H. Lee, A. Y. Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011,
    PMLR 15:215-223; A. Coates, A. Y. Ng, "Learning feature representations with k-means", 2012,
    doi:10.1007/978-3-642-35289-8_30.

    Examples
    --------
    >>> from skimage.data import astronaut, coffee
    >>> from featkit import WhitenedPatches
    >>> patches = WhitenedPatches(n_words=8).fit([astronaut()[:64, :64], coffee()[:64, :64]])
    >>> patches.transform([astronaut()[80:112, 80:112]]).shape
    (1, 32)
    """

    parameter_constraints = {
        "patch_size": [COUNT],
        "n_words": [COUNT],
        "stride": [COUNT],
        "grid": [tuple, list],
        "regularization": [Interval(Real, 0, None, closed="neither")],
        "max_patches": [COUNT],
        "random_state": ["random_state"],
    }
    requires_fit = True

    def __init__(
        self,
        *,
        patch_size: int = 6,
        n_words: int = 200,
        stride: int = 1,
        grid: tuple[int, int] = (2, 2),
        regularization: float = 0.1,
        max_patches: int = 100_000,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.patch_size = patch_size
        self.n_words = n_words
        self.stride = stride
        self.grid = grid
        self.regularization = regularization
        self.max_patches = max_patches
        self.random_state = random_state

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        check_pair("grid", self.grid)
        rng = check_random_state(self.random_state)
        size, stride = int(self.patch_size), int(self.stride)
        most = max(1, int(self.max_patches) // len(images))
        patches = np.concatenate([_drawn(image, size, stride, most, rng) for image in images])
        if len(patches) < self.n_words:
            raise SubjectNotFoundError(
                f"Expected at least {self.n_words} patches to learn as many words from, got {len(patches)}. Lower "
                "n_words or stride, raise max_patches, or use more or larger images."
            )
        with single_thread():
            self.mean_, self.whitening_ = _zca(patches, float(self.regularization))
            n_words = int(self.n_words)
            clusters = MiniBatchKMeans(
                n_words,
                batch_size=AT_ONCE,
                n_init=1,
                init_size=max(AT_ONCE, BEGINNING * n_words),
                random_state=rng,
            )
            words = clusters.fit((patches - self.mean_) @ self.whitening_).cluster_centers_
        self.words_ = words.astype(np.float32)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        size, stride = int(self.patch_size), int(self.stride)
        down, across = check_pair("grid", self.grid)
        mean, whitening, words = self.mean_, self.whitening_, self.words_

        def extract(image: Image) -> np.ndarray:
            windows, inside = _windows(image, size, stride)
            sums = np.zeros((down * across, len(words)))
            for rows in _strips(inside.shape):
                chosen = inside[rows]
                if chosen.any():
                    active = triangle_activations((_evened(windows[rows][chosen]) - mean) @ whitening, words)
                    row, col = np.nonzero(chosen)
                    cells = (row + rows.start) * down // len(inside) * across + col * across // inside.shape[1]
                    for cell in np.unique(cells):
                        sums[cell] += active[cells == cell].sum(axis=0, dtype=np.float64)
            return sums.ravel() / max(int(np.count_nonzero(inside)), 1)

        return extract

    def feature_names(self) -> list[str]:
        return cell_names("whitened_patch", self.grid, padded_numbers(int(self.n_words)))


def _windows(image: Image, size: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Views (rows, cols, 3, size, size) on the patches of an image, and which of them lie in the foreground."""
    color = to_rgb(flatten_alpha(to_float(image), "mean"))  # no rounding of the mean
    if min(color.shape[:2]) < size:
        return np.empty((0, 0, 3, size, size), np.float32), np.zeros((0, 0), bool)
    windows = sliding_window_view(color, (size, size), axis=(0, 1))[::stride, ::stride]
    middle = foreground_mask(image)[size // 2 :: stride, size // 2 :: stride]
    return windows, middle[: windows.shape[0], : windows.shape[1]]


def _strips(shape: tuple[int, ...]) -> Iterator[slice]:
    """Some rows of patches at a time: a large image has more patches than fit into memory."""
    height = max(1, AT_ONCE // max(shape[1], 1))
    return (slice(start, min(start + height, shape[0])) for start in range(0, shape[0], height))


def _drawn(image: Image, size: int, stride: int, most: int, rng: np.random.RandomState) -> np.ndarray:
    """At most so many evened patches of an image, by chance."""
    windows, inside = _windows(image, size, stride)
    rows, cols = np.nonzero(inside)
    if len(rows) > most:
        chosen = np.sort(rng.choice(len(rows), most, replace=False))
        rows, cols = rows[chosen], cols[chosen]
    return _evened(windows[rows, cols])


def _evened(patches: np.ndarray) -> np.ndarray:
    """Patches (n, 3, size, size) as float32 rows of mean 0 and nearly equal contrast."""
    rows = patches.reshape(len(patches), patches.shape[1] * patches.shape[2] * patches.shape[3])
    rows = rows - rows.mean(axis=1, keepdims=True)
    return rows / np.sqrt((rows**2).mean(axis=1, keepdims=True) + np.float32(LEAST_VARIANCE))


def _zca(patches: np.ndarray, regularization: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the patches and the symmetric matrix after which their axes have nearly equal variance."""
    mean = patches.mean(axis=0, dtype=np.float64)
    centred = patches - mean
    variances, axes = np.linalg.eigh(centred.T @ centred / len(patches))
    scales = 1 / np.sqrt(np.maximum(variances, 0) + regularization)
    return mean.astype(np.float32), ((axes * scales) @ axes.T).astype(np.float32)
