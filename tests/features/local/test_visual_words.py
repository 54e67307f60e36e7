"""BagOfVisualWords: a codebook learnt in fit, four encodings, spatial pyramids."""

import cv2
import numpy as np
import pytest
from skimage import data
from skimage.feature import fisher_vector as skimage_fisher_vector
from skimage.feature import learn_gmm
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import InvalidParameterError

from featkit import BagOfVisualWords, join_alpha
from featkit.exceptions import MissingDependencyError, SubjectNotFoundError
from featkit.features.gradients import hog
from featkit.features.local import fisher_vector, local_descriptors, vlad
from featkit.features.local.visual_words import hard_counts, soft_counts
from featkit.image import flatten_alpha


def crops(photo, n_images, side=64, seed=0):
    rng = np.random.default_rng(seed)
    corners = [[rng.integers(extent - side) for extent in photo.shape[:2]] for _ in range(n_images)]
    return [photo[row : row + side, col : col + side] for row, col in corners]


@pytest.fixture(scope="module")
def textures():
    names = ("brick", "grass", "gravel")
    return [crop for name in names for crop in crops(getattr(data, name)(), 12)], np.repeat(names, 12)


@pytest.fixture(scope="module")
def some_descriptors():
    rng = np.random.default_rng(0)
    return rng.random((50, 6)), rng.random((4, 6))


# local descriptors


def test_a_dense_descriptor_is_the_hog_of_its_patch():
    image = data.camera()[100:148, 200:264]
    positions, descriptors = local_descriptors(image, "dense", cell_size=4)
    assert len(positions) == (48 // 4 - 3) * (64 // 4 - 3)
    assert positions[0] == pytest.approx([8 / 48, 8 / 64])
    inside = 15  # second row and third column of patches: its gradients do not meet the frame
    row, col = np.rint(positions[inside] * image.shape).astype(int)
    patch = image[row - 12 : row + 12, col - 12 : col + 12]  # with a margin of one cell
    options = {"orientations": 8, "pixels_per_cell": (4, 4), "cells_per_block": (4, 4), "voting": "trilinear"}
    expected = hog(patch, signed=True, **options).reshape(3, 3, -1)[1, 1]
    assert descriptors[inside] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("descriptor", ["dense", "sift", "orb"])
def test_only_the_foreground_is_described(descriptor):
    image = data.camera()[:256, :256]
    mask = np.zeros(image.shape, dtype=bool)
    mask[:, 128:] = True
    positions, descriptors = local_descriptors(join_alpha(image, mask), descriptor)
    assert len(positions) == len(descriptors) > 20
    assert (positions[:, 1] >= 0.5 - 1 / 256).all()


def test_root_sift_has_length_one():
    descriptors = local_descriptors(data.camera(), "sift")[1]
    assert (descriptors**2).sum(axis=1) == pytest.approx(np.ones(len(descriptors)), abs=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2)])
@pytest.mark.parametrize("descriptor", ["sift", "orb", "dense"])
def test_a_line_of_pixels_has_no_places(descriptor, shape):
    positions, descriptors = local_descriptors(data.camera()[: shape[0], : shape[1]], descriptor)
    assert len(positions) == len(descriptors) == 0


@pytest.mark.parametrize("descriptor", ["sift", "orb", "dense"])
def test_what_shines_through_is_the_mean_of_the_foreground_in_every_dtype(descriptor):
    photo = data.astronaut()[50:250, 100:300]
    soft = np.dstack([photo, np.tile(np.linspace(128, 255, 200).astype(np.uint8), (200, 1))])
    _, descriptors = local_descriptors(soft, descriptor)
    np.testing.assert_array_equal(descriptors, local_descriptors(flatten_alpha(soft, "mean"), descriptor)[1])
    for image in (soft / 255, soft.astype(np.uint16) * 257, (soft / 255).astype(np.float32)):
        np.testing.assert_array_equal(local_descriptors(image, descriptor)[1], descriptors)


def test_places_of_keypoints_are_mirrored_with_the_picture():
    square = np.full((100, 120), 40, np.uint8)
    square[30:60, 20:50] = 220
    places, mirrored = (local_descriptors(image, "orb")[0] for image in (square, square[:, ::-1]))
    center = np.median(places, axis=0)
    assert np.median(mirrored, axis=0) == pytest.approx([center[0], 1 - center[1]], abs=0.01)


def test_orb_gives_bits():
    descriptors = local_descriptors(data.camera(), "orb")[1]
    assert descriptors.shape[1] == 256
    assert set(np.unique(descriptors)) == {0, 1}


LENGTHS = {"akaze": 488, "kaze": 64, "brisk": 512}


@pytest.mark.parametrize("descriptor", LENGTHS)
def test_what_the_installed_opencv_lacks_is_named(descriptor):
    image = data.camera()[:256, :256]
    if hasattr(cv2, descriptor.upper()) or hasattr(cv2, "xfeatures2d"):  # OpenCV 4, or a contrib package
        mask = np.zeros(image.shape, dtype=bool)
        mask[:, 128:] = True
        positions, descriptors = local_descriptors(join_alpha(image, mask), descriptor)
        assert len(positions) > 20
        assert descriptors.shape == (len(positions), LENGTHS[descriptor])
        assert (positions[:, 1] >= 0.5 - 1 / 256).all()
        if descriptor == "kaze":
            assert (descriptors**2).sum(axis=1) == pytest.approx(np.ones(len(descriptors)), abs=1e-4)
        else:
            assert set(np.unique(descriptors)) == {0, 1}
    else:
        with pytest.raises(MissingDependencyError, match=f"does not have {descriptor.upper()}"):
            BagOfVisualWords(descriptor=descriptor).fit([image])


def test_sift_finds_the_same_places_in_a_turned_picture():
    image = data.camera()
    upright, turned = (local_descriptors(picture, "sift") for picture in (image, np.rot90(image).copy()))
    moved = np.column_stack([turned[0][:, 1], 1 - turned[0][:, 0]])
    distances = np.abs(upright[0][:, np.newaxis] - moved).max(axis=2).min(axis=1)
    assert (distances < 2 / 512).mean() > 0.8


# encodings against naive sums


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


# the transformer


@pytest.mark.parametrize(
    ("encoding", "length"), [("hard", 20), ("soft", 20), ("vlad", 20 * 128), ("fisher", 2 * 20 * 128)]
)
def test_words_tell_textures_apart(textures, encoding, length):
    words = BagOfVisualWords(n_words=20, encoding=encoding, max_descriptors=4000)
    assert words.fit(textures[0]).transform(textures[0][:2]).shape == (2, length)
    model = make_pipeline(words, LogisticRegression(C=100, max_iter=1000))
    assert cross_val_score(model, *textures, cv=3).mean() > 0.9


def test_histograms_sum_to_one_in_every_grid_of_the_pyramid(textures):
    words = BagOfVisualWords(n_words=7, pyramid=(1, 2, 3), max_descriptors=2000).set_output(transform="pandas")
    table = words.fit_transform(textures[0][:6])
    for level, grid in enumerate((1, 2, 3)):
        columns = table.filter(like=f"_grid{level}_")
        assert columns.shape[1] == grid * grid * 7
        assert columns.sum(axis=1).to_numpy() == pytest.approx(np.ones(6))


def test_a_pyramid_cell_counts_its_own_corner(textures):
    image = np.full((64, 64), 128, np.uint8)
    image[:16, :16] = textures[0][0][:16, :16]
    words = BagOfVisualWords(n_words=10, pyramid=(1, 2), max_descriptors=2000).set_output(transform="pandas")
    table = words.fit(textures[0][:6]).transform([image])
    whole = table.filter(like="_grid0_").to_numpy()[0]
    cells = table.filter(like="_grid1_").to_numpy().reshape(4, 10)
    assert cells.sum(axis=0) == pytest.approx(whole)
    assert np.count_nonzero(cells[3]) == 1  # the opposite corner is flat: one word


@pytest.mark.parametrize("encoding", ["vlad", "fisher"])
def test_long_encodings_have_length_one(textures, encoding):
    words = BagOfVisualWords(n_words=5, encoding=encoding, max_descriptors=1000).fit(textures[0][:6])
    assert np.linalg.norm(words.transform(textures[0][:3]), axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize("encoding", ["hard", "soft", "vlad", "fisher"])
def test_an_image_without_descriptors_has_no_words(textures, encoding):
    words = BagOfVisualWords(n_words=5, encoding=encoding, max_descriptors=1000).fit(textures[0][:6])
    empty = join_alpha(textures[0][0], np.zeros((64, 64), dtype=bool))
    assert not words.transform([empty]).any()
    assert not words.transform([np.zeros((3, 3))]).any()


def test_partial_fit_learns_batch_by_batch(textures):
    images, labels = textures
    words = BagOfVisualWords(n_words=20, max_descriptors=2000)
    for start in range(0, 36, 9):
        words.partial_fit(images[start : start + 9])
    rows = words.transform(images)
    assert cross_val_score(LogisticRegression(C=100, max_iter=1000), rows, labels, cv=3).mean() > 0.9


def test_fisher_has_no_partial_fit():
    assert not hasattr(BagOfVisualWords(encoding="fisher"), "partial_fit")


def test_two_fits_are_equal(textures):
    first, second = (
        BagOfVisualWords(n_words=8, encoding="vlad", max_descriptors=2000).fit(textures[0]).transform(textures[0][:5])
        for _ in range(2)
    )
    assert (first == second).all()


def test_too_few_descriptors_are_refused():
    with pytest.raises(SubjectNotFoundError, match="at least 100 local descriptors to learn as many words from, got 1"):
        BagOfVisualWords().fit([np.zeros((16, 16))])


@pytest.mark.parametrize("pyramid", [(), (0, 1), (1.5,), (2, 2), ("a",)])
def test_grids_of_a_pyramid_are_distinct_counts(textures, pyramid):
    words = BagOfVisualWords(n_words=2, pyramid=pyramid)
    for learn in (words.fit, words.partial_fit):
        with pytest.raises(InvalidParameterError, match="pyramid"):
            learn(textures[0][:2])
