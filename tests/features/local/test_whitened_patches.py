"""WhitenedPatches: patches of pixels, whitened and clustered, triangle activations in a grid."""

import numpy as np
import pytest
from skimage import data
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import WhitenedPatches, join_alpha
from featkit.exceptions import SubjectNotFoundError
from featkit.features.local import whitened_patches
from featkit.features.local.encodings import triangle_activations


def crops(photo, n_images, side=32, seed=0):
    rng = np.random.default_rng(seed)
    corners = [[rng.integers(extent - side) for extent in photo.shape[:2]] for _ in range(n_images)]
    return [photo[row : row + side, col : col + side] for row, col in corners]


@pytest.fixture(scope="module")
def photos():
    return [crop for photo in (data.astronaut(), data.coffee(), data.chelsea()) for crop in crops(photo, 8)]


@pytest.fixture(scope="module")
def fitted(photos):
    return WhitenedPatches(n_words=12, max_patches=3000).fit(photos)


def row_by_loops(fitted, image, stride=1, grid=(2, 2), foreground=None):
    """The definition, patch by patch in float64."""
    size, (down, across) = fitted.patch_size, grid
    image = image.astype(np.float64) / 255
    n_rows, n_cols = (len(range(0, extent - size + 1, stride)) for extent in image.shape[:2])
    sums, n_patches = np.zeros((down, across, len(fitted.words_))), 0
    for row in range(n_rows):
        for col in range(n_cols):
            top, left = row * stride, col * stride
            if foreground is not None and not foreground[top + size // 2, left + size // 2]:
                continue
            patch = np.concatenate([image[top : top + size, left : left + size, c].ravel() for c in range(3)])
            patch = (patch - patch.mean()) / np.sqrt(patch.var() + 10 / 255**2)
            white = fitted.whitening_.astype(np.float64) @ (patch - fitted.mean_)
            distances = np.array([np.linalg.norm(white - word) for word in fitted.words_])
            sums[row * down // n_rows, col * across // n_cols] += np.maximum(0, distances.mean() - distances)
            n_patches += 1
    return sums.ravel() / max(n_patches, 1)


def test_triangle_activations_by_hand():
    words = np.array([[0.0, 0], [3, 4], [0, 10]])
    active = triangle_activations(np.array([[0.0, 0], [3, 4]]), words)  # distances 0, 5, 10 and 5, 0, sqrt(45)
    mean = (5 + np.sqrt(45)) / 3
    assert active == pytest.approx(np.array([[5, 0, 0], [0, mean, 0]]), abs=1e-12)


def test_a_single_patch_that_is_a_word_is_most_active_there(fitted, photos):
    patch = photos[0][:6, :6]
    evened = patch.transpose(2, 0, 1).ravel() / 255
    evened = (evened - evened.mean()) / np.sqrt(evened.var() + 10 / 255**2)
    known = WhitenedPatches(n_words=2, grid=(1, 1))
    known.mean_, known.whitening_ = np.zeros(108, np.float32), np.eye(108, dtype=np.float32)
    known.words_ = np.stack([evened, -evened]).astype(np.float32)  # distances 0 and twice the length
    length = np.linalg.norm(evened)
    assert known.transform([patch])[0] == pytest.approx([length, 0], rel=1e-3)


@pytest.mark.parametrize(("stride", "grid"), [(1, (2, 2)), (3, (1, 1)), (2, (3, 1))])
def test_rows_are_those_of_the_definition(fitted, photos, stride, grid):
    image = photos[3][:25, :18]
    fitted.set_params(stride=stride, grid=grid)
    found = fitted.transform([image])[0]
    fitted.set_params(stride=1, grid=(2, 2))
    assert found == pytest.approx(row_by_loops(fitted, image, stride, grid), abs=2e-5)
    assert found.max() > 0.1


def test_patches_count_by_their_middle_pixel(fitted, photos):
    visible = np.zeros((32, 32), bool)
    visible[5:20, 8:25] = True
    color = np.where(visible[..., np.newaxis], photos[1], 0)
    cut = join_alpha(color, visible)
    flat = np.where(visible[..., np.newaxis], photos[1], np.rint(photos[1][visible].mean(axis=0)).astype(np.uint8))
    assert fitted.transform([cut])[0] == pytest.approx(row_by_loops(fitted, flat, foreground=visible), abs=5e-3)


def test_large_images_are_described_strip_by_strip(fitted, photos, monkeypatch):
    whole = fitted.transform(photos[4:5])
    monkeypatch.setattr(whitened_patches, "AT_ONCE", 100)  # three rows of patches
    assert fitted.transform(photos[4:5]) == pytest.approx(whole, abs=1e-6)
    assert whole[0] == pytest.approx(row_by_loops(fitted, photos[4]), abs=2e-5)


def test_whitening_is_that_of_scikit_learn(fitted, photos):
    """A PCA, its axes divided by the deviations and turned back, is a ZCA: the covariance is nearly the unit matrix."""
    size = 4
    many = WhitenedPatches(n_words=2, patch_size=size, regularization=1e-6, max_patches=10**6).fit(photos[:3])
    windows = np.lib.stride_tricks.sliding_window_view(np.stack(photos[:3]) / 255, (size, size), axis=(1, 2))
    rows = windows.reshape(-1, 3 * size * size)
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(rows.var(axis=1, keepdims=True) + 10 / 255**2)
    pca = PCA().fit(rows)
    scales = 1 / np.sqrt(pca.explained_variance_ * (len(rows) - 1) / len(rows) + 1e-6)
    assert many.mean_ == pytest.approx(rows.mean(axis=0), abs=1e-5)
    expected = (pca.components_.T * scales) @ pca.components_
    kept = pca.components_[:-1].T @ pca.components_[:-1]  # the last axis has no variance: patches have mean 0
    assert kept @ many.whitening_ @ kept == pytest.approx(kept @ expected @ kept, rel=1e-2, abs=1e-2)


def test_light_that_changes_level_and_contrast_changes_little(fitted, photos):
    image = photos[9]
    dimmed = np.clip(0.5 * image + 40, 0, 255).astype(np.uint8)
    rows = fitted.transform([image, dimmed, photos[20]])
    assert np.abs(rows[0] - rows[1]).max() < 0.2 * np.abs(rows[0] - rows[2]).max()


def test_gray_images_have_three_equal_channels(fitted, photos):
    gray = photos[0][..., 1]
    assert (fitted.transform([gray]) == fitted.transform([np.repeat(gray[..., np.newaxis], 3, axis=2)])).all()


def test_images_without_patches_are_zeros(fitted, photos):
    empty = join_alpha(photos[0], np.zeros((32, 32), bool))
    assert not fitted.transform([empty, photos[0][:5]]).any()
    assert fitted.transform([photos[0][:6, :6]]).any()  # one patch


def test_two_fits_are_equal(photos):
    first, second = (WhitenedPatches(n_words=9, max_patches=2000).fit_transform(photos) for _ in range(2))
    assert (first == second).all()


def test_patches_tell_textures_apart():
    images = [crop for name in ("brick", "grass", "gravel") for crop in crops(getattr(data, name)(), 12)]
    model = make_pipeline(
        WhitenedPatches(n_words=20, max_patches=4000), StandardScaler(), LogisticRegression(C=0.01, max_iter=1000)
    )
    assert cross_val_score(model, images, np.repeat([0, 1, 2], 12), cv=3).mean() > 0.9


def test_too_few_patches_are_told(photos):
    with pytest.raises(SubjectNotFoundError, match="at least 200 patches"):
        WhitenedPatches().fit([photos[0][:8, :8]])
