"""Encodings by a codebook: naive sums, the gradient of the likelihood, scikit-image."""

import numpy as np
import pytest
from skimage.feature import fisher_vector as skimage_fisher_vector
from skimage.feature import learn_gmm
from sklearn.mixture import GaussianMixture

from featkit.features.local import fisher_vector, vlad
from featkit.features.local.encodings import hard_counts, soft_counts


@pytest.fixture(scope="module")
def some_descriptors():
    rng = np.random.default_rng(0)
    return rng.random((50, 6)), rng.random((4, 6))


def test_hard_counts_are_nearest_words(some_descriptors):
    descriptors, words = some_descriptors
    expected = np.zeros(4)
    for descriptor in descriptors:
        expected[np.argmin([np.linalg.norm(descriptor - word) for word in words])] += 1
    assert hard_counts(descriptors, words) == pytest.approx(expected)


def test_soft_counts_share_each_descriptor(some_descriptors):
    descriptors, words = some_descriptors
    expected = np.zeros(4)
    for descriptor in descriptors:
        weights = np.array([np.exp(-np.sum((descriptor - word) ** 2) / (2 * 0.3)) for word in words])
        expected += weights / weights.sum()
    assert soft_counts(descriptors, words, 0.3) == pytest.approx(expected)
    assert soft_counts(descriptors, words, 1e-9) == pytest.approx(hard_counts(descriptors, words))


def test_vlad_sums_differences_word_by_word(some_descriptors):
    descriptors, words = some_descriptors
    expected = np.zeros((4, 6))
    for descriptor in descriptors:
        nearest = np.argmin([np.linalg.norm(descriptor - word) for word in words])
        expected[nearest] += descriptor - words[nearest]
    assert vlad(descriptors, words) == pytest.approx(expected.ravel())


def test_fisher_vector_is_the_gradient_of_the_likelihood(some_descriptors):
    """Numerical derivatives of the mean log-likelihood by the means and deviations, over the Fisher information."""
    descriptors = some_descriptors[0]
    mixture = GaussianMixture(3, covariance_type="diag", random_state=0).fit(descriptors)
    means, deviations = mixture.means_.copy(), np.sqrt(mixture.covariances_)

    def likelihood(means, deviations):
        z = (descriptors[:, np.newaxis] - means) / deviations
        log_density = -0.5 * (z**2).sum(axis=2) - np.log(deviations).sum(axis=1) - 3 * np.log(2 * np.pi)
        return np.log((np.exp(log_density) * mixture.weights_).sum(axis=1)).mean()

    gradients, step = [[], []], 1e-5
    for k in range(3):
        for d in range(6):
            for which in range(2):
                up, down = ([means.copy(), deviations.copy()] for _ in range(2))
                up[which][k, d] += step
                down[which][k, d] -= step
                slope = (likelihood(*up) - likelihood(*down)) / (2 * step)
                root = np.sqrt(mixture.weights_[k] * (1 + which)) / deviations[k, d]  # of the Fisher information
                gradients[which].append(slope / root)
    assert fisher_vector(descriptors, mixture) == pytest.approx(np.concatenate(gradients), abs=1e-5)


def test_fisher_vector_equals_scikit_image(some_descriptors):
    descriptors = some_descriptors[0]
    mixture = learn_gmm(descriptors, n_modes=3, gm_args={"random_state": 0, "covariance_type": "diag"})
    theirs = skimage_fisher_vector(descriptors, mixture, improved=False, alpha=0.5)
    ours = fisher_vector(descriptors, mixture)
    weights, by_mean, by_deviation = theirs[:3], theirs[3:21], theirs[21:]
    assert len(weights) == 3  # scikit-image puts the gradients of the weights first, and turns the sign of the last
    assert ours == pytest.approx(np.concatenate([by_mean, -by_deviation]))


@pytest.mark.parametrize("descriptors", [np.full((5, 6), np.nan), np.zeros((0, 6)), np.zeros(6)])
def test_what_is_no_set_of_descriptors_is_refused(descriptors):
    rows = np.random.default_rng(0).random((50, 6))
    mixture = GaussianMixture(2, covariance_type="diag", random_state=0).fit(rows)
    with pytest.raises(ValueError, match="Expected descriptors as finite numbers"):
        vlad(descriptors, rows[:3])
    with pytest.raises(ValueError, match="Expected descriptors as finite numbers"):
        fisher_vector(descriptors, mixture)


def test_words_and_mixtures_of_another_kind_are_refused():
    rows = np.random.default_rng(0).random((50, 6))
    with pytest.raises(ValueError, match=r"Expected words of shape \(n_words, 6\)"):
        vlad(rows, rows[:3, :5])
    for kind in ("full", "tied", "spherical"):
        with pytest.raises(ValueError, match=f'covariance_type="diag", got {kind!r}'):
            fisher_vector(rows, GaussianMixture(2, covariance_type=kind, random_state=0).fit(rows))
