"""BagOfVisualWords: a codebook learnt in fit, four encodings, spatial pyramids."""

import numpy as np
import pytest
from skimage import data
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from featkit import BagOfVisualWords, join_alpha
from featkit.exceptions import SubjectNotFoundError
from featkit.parameters import InvalidParameterError


def crops(photo, n_images, side=64, seed=0):
    rng = np.random.default_rng(seed)
    corners = [[rng.integers(extent - side) for extent in photo.shape[:2]] for _ in range(n_images)]
    return [photo[row : row + side, col : col + side] for row, col in corners]


@pytest.fixture(scope="module")
def textures():
    names = ("brick", "grass", "gravel")
    return [crop for name in names for crop in crops(getattr(data, name)(), 12)], np.repeat(names, 12)


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
