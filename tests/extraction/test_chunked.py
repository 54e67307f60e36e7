"""Chunk by chunk gives what the transformer gives at once, in whatever number of workers."""

import threading
import warnings

import cv2
import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

import featkit
from featkit import ChunkedTransformer
from featkit.exceptions import ImageReadError
from featkit.extraction import ExtractionWarning
from featkit.extraction._native_threads import single_native_threads
from featkit.testing import check_pictures


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for index, picture in enumerate(check_pictures(11)):
        cv2.imwrite(str(folder / f"{index:02}.png"), picture[..., ::-1])
    return [str(path) for path in sorted(folder.iterdir())]


def chain():
    features = make_union(featkit.HOG(), featkit.ColorHistogram(), featkit.RegionMeasurements())
    remover, cropper = featkit.BackgroundRemover(method="otsu"), featkit.ForegroundCropper(height=32, width=32)
    return make_pipeline(featkit.ImageReader(), remover, cropper, features)


@pytest.mark.parametrize("chunk_size", [1, 4, 64])
@pytest.mark.parametrize("workers", [{}, {"n_jobs": 2}, {"n_jobs": 2, "backend": "loky"}], ids=str)
def test_rows_and_names_are_those_of_the_transformer(paths, chunk_size, workers):
    chunked = ChunkedTransformer(chain(), chunk_size=chunk_size, **workers)
    plain = chain().fit(paths)
    rows = chunked.fit_transform(paths)
    assert np.array_equal(rows, plain.transform(paths), equal_nan=True)
    assert rows.dtype == plain.transform(paths).dtype
    assert list(chunked.get_feature_names_out()) == list(plain.get_feature_names_out())


def test_images_come_back_as_images(paths):
    readers = ChunkedTransformer(featkit.ImageReader(), chunk_size=3).set_output(transform="pandas")
    assert np.array_equal(readers.fit_transform(paths), featkit.ImageReader().transform(paths))
    mixed = [np.zeros((4, 5)), np.zeros((6, 7)), np.zeros((4, 5))]
    halved = ChunkedTransformer(featkit.GrayscaleConverter(), chunk_size=1).fit_transform(mixed)
    assert [image.shape for image in halved] == [(4, 5), (6, 7), (4, 5)]


def test_tables_have_names_whatever_asks_for_them(paths):
    frame = ChunkedTransformer(chain(), chunk_size=4).set_output(transform="pandas").fit_transform(paths)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == list(chain().fit(paths).get_feature_names_out())
    inside = ChunkedTransformer(chain().set_output(transform="pandas"), chunk_size=4).fit_transform(paths)
    assert np.array_equal(inside, frame.to_numpy(), equal_nan=True)


class CountAtOnce(TransformerMixin, BaseEstimator):
    """Tells how many images it sees at once, and how many of its calls run at the same time."""

    running = 0
    most = 0
    lock = threading.Lock()

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        kind = type(self)
        with kind.lock:
            kind.running += 1
            kind.most = max(kind.most, kind.running)
        rows = np.full((len(X), 3), [len(X), cv2.getNumThreads(), threading.get_ident() % 997], dtype=float)
        with kind.lock:
            kind.running -= 1
        return rows

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


def test_no_more_images_at_once_than_a_chunk():
    rows = ChunkedTransformer(CountAtOnce(), chunk_size=4).fit_transform(np.zeros((10, 8, 8)))
    assert rows[:, 0].tolist() == [4] * 8 + [2] * 2


def test_native_pools_are_capped_in_workers_and_restored():
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        images = np.zeros((12, 8, 8))
        assert set(ChunkedTransformer(CountAtOnce(), chunk_size=2, n_jobs=2).fit_transform(images)[:, 1]) == {1}
        assert set(ChunkedTransformer(CountAtOnce(), chunk_size=2).fit_transform(images)[:, 1]) == {3}
        assert cv2.getNumThreads() == 3
        with single_native_threads():
            with single_native_threads():
                assert cv2.getNumThreads() == 1
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)


def test_the_backend_can_come_from_joblib(paths):
    expected = chain().fit(paths).transform(paths)
    with joblib.parallel_config("loky", n_jobs=2):
        found = ChunkedTransformer(chain(), chunk_size=4).fit_transform(paths)
    assert np.array_equal(found, expected, equal_nan=True)


# Errors


def test_an_error_names_the_image_of_the_batch_not_of_the_chunk(paths):
    broken = [*paths[:5], "no such file.png", *paths[5:]]
    with pytest.raises(ImageReadError, match="no such file") as caught:
        ChunkedTransformer(chain(), chunk_size=2).fit_transform(broken)
    assert "image 5 of the batch" in caught.value.__notes__


def test_on_error_nan_keeps_the_rows_in_their_places(paths):
    broken = ["no such file.png", *paths[:5], "nor this.png", *paths[5:]]
    chunked = ChunkedTransformer(chain(), chunk_size=4, n_jobs=2, on_error="nan")
    with pytest.warns(ExtractionWarning, match=r"2 of 13 images .* image 0: no such file"):
        rows = chunked.fit_transform(broken)
    assert np.isnan(rows[[0, 6]]).all()
    assert np.array_equal(np.delete(rows, [0, 6], axis=0), chain().fit(paths).transform(paths), equal_nan=True)


def test_on_error_nan_raises_where_nothing_can_be_read():
    with pytest.raises(ValueError, match=r"at least one image .* none among 2"):
        ChunkedTransformer(chain(), on_error="nan").fit_transform(["no such file.png", "nor this.png"])


@pytest.mark.parametrize("batch", ["photo.png", b"bytes", (image for image in ()), [], None, pd.DataFrame({"a": [1]})])
def test_what_is_no_batch_is_refused(batch):
    with pytest.raises(featkit.exceptions.ImageFormatError, match="Expected"):
        ChunkedTransformer(chain()).fit(batch)


# Fitting


def test_up_to_fit_size_learning_steps_learn_what_they_learn_at_once(paths):
    plain = make_pipeline(*chain()[:-1], featkit.HOG(), StandardScaler(), PCA(3))
    rows = ChunkedTransformer(plain, chunk_size=4).fit_transform(paths)
    assert np.allclose(rows, plain.fit_transform(paths), atol=1e-6)


def test_beyond_fit_size_partial_fit_sees_all_and_others_a_sample(paths):
    steps = [*chain()[:-1], featkit.HOG()]
    rows = make_pipeline(*steps).fit_transform(paths)
    streamed = ChunkedTransformer(make_pipeline(*steps, StandardScaler()), chunk_size=2, fit_size=5).fit(paths)
    assert np.allclose(streamed.transformer_[-1].mean_, rows.mean(axis=0))
    assert streamed.transformer_[-1].n_samples_seen_ == 11
    sampled = ChunkedTransformer(make_pipeline(*steps, PCA(2)), chunk_size=2, fit_size=5).fit(paths)
    assert sampled.transformer_[-1].n_samples_ == 5
    both = ChunkedTransformer(make_pipeline(*steps, StandardScaler(), IncrementalPCA(2)), fit_size=5).fit(paths)
    assert both.transformer_[-1].n_samples_seen_ == 11


def test_broken_images_are_left_out_of_what_is_learnt_even_whole_blocks_of_them(paths):
    steps = [featkit.ImageReader(), featkit.Resizer(height=8, width=8), featkit.RawPixels()]
    scaler = ChunkedTransformer(make_pipeline(*steps, StandardScaler()), fit_size=4, on_error="nan", random_state=0)
    broken = [*paths[:4], *(f"no such file {k}.png" for k in range(5)), *paths[4:]]
    with pytest.warns(
        ExtractionWarning, match=r"5 of 16 images .*nothing is learnt from them.* image 4: no such file 0"
    ):
        scaler.fit(broken)
    assert scaler.transformer_[-1].n_samples_seen_ == 11
    assert np.allclose(scaler.transformer_[-1].mean_, make_pipeline(*steps).fit_transform(paths).mean(axis=0))


def test_an_error_in_fit_names_the_image_of_the_batch_not_of_the_sample():
    images = [np.ones((4, 4))] * 12
    images[7] = np.full((4, 4), 7.0)
    with pytest.raises(featkit.exceptions.ImageFormatError) as caught:
        ChunkedTransformer(make_pipeline(featkit.RawPixels(), StandardScaler()), fit_size=4).fit(images)
    assert caught.value.__notes__ == ["image 7 of the batch"]


def test_supervised_steps_get_the_labels_of_their_sample(paths):
    steps = [*chain()[:-1], featkit.ColorMoments()]
    labels = np.array(["a", "b"])[np.arange(11) % 2]
    lda = ChunkedTransformer(make_pipeline(*steps, LinearDiscriminantAnalysis()), fit_size=6).fit(paths, labels)
    plain = make_pipeline(*steps, LinearDiscriminantAnalysis()).fit(paths, labels)
    assert list(lda.transformer_[-1].classes_) == ["a", "b"]
    assert lda.transform(paths).shape == plain.transform(paths).shape


def test_what_learns_nothing_is_fitted_on_one_image(paths):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chunked = ChunkedTransformer(chain()).fit([paths[0], "no such file.png"])  # which is not opened
    np.testing.assert_array_equal(chunked.transform(paths), chain().fit_transform(paths))


# Metadata


class Brightness(featkit.FeatureExtractor):
    """Mean brightness in a unit that is told of each image."""

    def image_extractor(self):
        return lambda image: [image.mean()]

    def transform(self, X, unit=None):
        return super().transform(X) * (1 if unit is None else np.reshape(unit, (-1, 1)))


def test_metadata_is_cut_into_the_same_chunks():
    images, units = np.ones((7, 5, 5)), np.arange(7)
    with config_context(enable_metadata_routing=True):
        chunked = ChunkedTransformer(Brightness().set_transform_request(unit=True), chunk_size=3, n_jobs=2)
        rows = chunked.fit(images).transform(images, unit=units)
    assert rows[:, 0].tolist() == units.tolist()


@pytest.mark.parametrize("n_units", [4, 8])
def test_metadata_of_another_number_of_images_is_refused(n_units):
    images, units = np.ones((7, 5, 5)), np.arange(n_units)
    with config_context(enable_metadata_routing=True):
        brightness = Brightness().set_transform_request(unit=True)
        chunked = ChunkedTransformer(brightness, chunk_size=4).fit(images)
        with pytest.raises(ValueError, match=rf"inconsistent numbers of samples: \[7, {n_units}\]"):
            chunked.transform(images, unit=units)
    with pytest.raises(ValueError, match=rf"inconsistent numbers of samples: \[7, {n_units}\]"):
        chunked.fit(images, units)


class SparseRows(featkit.ColorMoments):
    def transform(self, X):
        return csr_array(super().transform(X))


class LosesOne(featkit.ColorMoments):
    def transform(self, X):
        return super().transform(X)[1:]


def test_sparse_rows_become_dense():
    pictures = check_pictures()
    expected = featkit.ColorMoments().fit_transform(pictures)
    assert np.array_equal(ChunkedTransformer(SparseRows(), chunk_size=3).fit_transform(pictures), expected)


def test_a_transformer_that_loses_images_is_told():
    with pytest.raises(ValueError, match="one row or image for each of 3 sources, got 2"):
        ChunkedTransformer(LosesOne(), chunk_size=3).fit(check_pictures()).transform(check_pictures())


def test_steps_that_learn_from_images_get_them_on_demand(paths, monkeypatch):
    kinds = []

    class Learner(featkit.FeatureExtractor):
        requires_fit = True

        def learn(self, images, y):
            kinds.append(type(images))
            self.mean_ = float(np.mean([image.mean() for image in images]))

        def image_extractor(self):
            return lambda image: [image.mean() - self.mean_]

        def feature_names(self):
            return ["difference"]

    chunked = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.Resizer(height=9, width=9), Learner()))
    expected = chunked.fit_transform(paths)
    chunked.set_params(on_error="nan")
    np.testing.assert_array_equal(chunked.fit_transform(paths), expected)
    assert kinds == [np.ndarray, np.ndarray]
    monkeypatch.setattr("featkit.image.batches.HELD_BYTES", 0)
    monkeypatch.setattr("featkit.extraction._fitting.HELD_BYTES", 0)
    np.testing.assert_array_equal(chunked.fit_transform(paths), expected)
    np.testing.assert_array_equal(chunked.set_params(on_error="raise").fit_transform(paths), expected)
    with pytest.warns(featkit.extraction.ExtractionWarning, match="1 of"):
        some = chunked.set_params(on_error="nan").fit_transform([paths[0], "nothing.png", *paths[1:]])
    np.testing.assert_array_equal(np.delete(some, 1, axis=0), expected)
    assert np.isnan(some[1]).all()
    assert kinds[2:] == [featkit.image.LazyImages] * 3
