"""Encodings of a set of local descriptors by a codebook: counts of words, VLAD, Fisher vector."""

import numpy as np
from sklearn.mixture import GaussianMixture

from ...exceptions import shown


def squared_distances(descriptors: np.ndarray, words: np.ndarray) -> np.ndarray:
    squares = (descriptors**2).sum(axis=1, keepdims=True) + (words**2).sum(axis=1)
    return np.maximum(squares - 2 * descriptors @ words.T, 0)


def hard_counts(descriptors: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Number of descriptors nearest to each word: float64 (n_words,)."""
    nearest = squared_distances(descriptors, words).argmin(axis=1)
    return np.bincount(nearest, minlength=len(words)).astype(np.float64)


def soft_counts(descriptors: np.ndarray, words: np.ndarray, variance: float) -> np.ndarray:
    """Sum over the descriptors of their fractions in each word, ``exp(-d^2 / 2 variance)`` scaled to sum 1."""
    exponents = -squared_distances(descriptors, words) / (2 * variance)
    shares = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True)).sum(axis=0, dtype=np.float64)


def triangle_activations(descriptors: np.ndarray, words: np.ndarray) -> np.ndarray:
    """By how much each word is nearer to a descriptor than words are on average, 0 where it is not: (n, n_words)."""
    distances = np.sqrt(squared_distances(descriptors, words))
    return np.maximum(distances.mean(axis=1, keepdims=True) - distances, 0)


def _check_descriptors(descriptors: np.ndarray) -> None:
    if descriptors.ndim != 2 or not len(descriptors) or not np.isfinite(descriptors).all():
        raise ValueError(
            "Expected descriptors as finite numbers of shape (n, length), at least one, got "
            f"{descriptors.dtype} of shape {descriptors.shape}{'' if descriptors.size == 0 else ' or NaN in them'}."
        )


def vlad(descriptors: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Vector of locally aggregated descriptors (VLAD): sums of differences from the nearest word.

    Parameters
    ----------
    descriptors : ndarray (n, length)
        Local descriptors of one image.
    words : ndarray (n_words, length)
        The codebook.

    Returns
    -------
    sums : float64 ndarray (n_words * length,)
        Sum of the differences between the descriptors and their nearest word, word by word.

    See Also
    --------
    fisher_vector : Encodes by a Gaussian mixture.
    featkit.features.local.BagOfVisualWords : Learns the words.

    References
    ----------
    H. Jegou et al., "Aggregating local descriptors into a compact image representation", CVPR 2010,
    doi:10.1109/CVPR.2010.5540039.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.local import vlad
    >>> vlad(np.array([[1.0, 0], [2, 0], [9, 9]]), words=np.array([[0.0, 0], [9, 8]]))
    array([3., 0., 0., 1.])
    """
    descriptors, words = np.asarray(descriptors), np.asarray(words)
    _check_descriptors(descriptors)
    if words.ndim != 2 or words.shape[1] != descriptors.shape[1]:
        raise ValueError(
            f"Expected words of shape (n_words, {descriptors.shape[1]}), as long as the descriptors, got {words.shape}."
        )
    nearest = squared_distances(descriptors, words).argmin(axis=1)
    sums = np.zeros(words.shape)
    np.add.at(sums, nearest, descriptors - words[nearest])
    return sums.ravel()


def fisher_vector(descriptors: np.ndarray, mixture: GaussianMixture) -> np.ndarray:
    """Fisher vector: gradient of the log-likelihood of a Gaussian mixture by its means and deviations.

    Parameters
    ----------
    descriptors : ndarray (n, length)
        Local descriptors of one image.
    mixture : GaussianMixture
        Fitted, with ``covariance_type="diag"``.

    Returns
    -------
    gradient : float64 ndarray (2 * n_components * length,)
        Divided by n and by the root of the Fisher information.

    See Also
    --------
    vlad : Encodes by the nearest word.
    featkit.features.local.BagOfVisualWords : Learns the mixture.
    skimage.feature.fisher_vector : The same for several images at once.

    References
    ----------
    F. Perronnin, J. Sanchez, T. Mensink, "Improving the Fisher kernel", ECCV 2010, doi:10.1007/978-3-642-15561-1_11.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.local import fisher_vector
    >>> from sklearn.mixture import GaussianMixture
    >>> rows = np.random.default_rng(0).random((50, 3))
    >>> fisher_vector(rows, GaussianMixture(2, covariance_type="diag", random_state=0).fit(rows)).shape
    (12,)
    """
    descriptors = np.asarray(descriptors)
    _check_descriptors(descriptors)
    if mixture.covariance_type != "diag":
        raise ValueError(
            f'Expected a GaussianMixture with covariance_type="diag", '
            f"got {shown(mixture.covariance_type)}: its variances "
            "would be taken for others."
        )
    shares = mixture.predict_proba(descriptors)
    deviations = np.sqrt(mixture.covariances_)
    total = shares.sum(axis=0)[:, np.newaxis]
    first = shares.T @ descriptors
    second = shares.T @ descriptors**2
    means = mixture.means_
    by_mean = (first - total * means) / deviations
    by_deviation = (second - 2 * means * first + total * means**2) / mixture.covariances_ - total
    weights = np.sqrt(mixture.weights_)[:, np.newaxis] * len(descriptors)
    return np.concatenate([(by_mean / weights).ravel(), (by_deviation / (np.sqrt(2) * weights)).ravel()])
