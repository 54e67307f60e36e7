"""Images on demand: the same results as in memory, one image at a time."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

import featkit
from featkit import (
    HOG,
    BackgroundRemover,
    BagOfVisualWords,
    ChunkedTransformer,
    ColorHistogram,
    ColorMatcher,
    ColorMoments,
    ForegroundCropper,
    ImageReader,
    RegionMeasurements,
    Resizer,
)
from featkit.exceptions import ImageFormatError, ImageReadError, ImageReadWarning, ImageValueWarning
from featkit.image import LazyImages, batches
from featkit.io import image_reader
from featkit.testing import check_pictures

PICTURES = check_pictures(6)


@pytest.fixture
def paths(tmp_path):
    for number, picture in enumerate(PICTURES):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    return [str(tmp_path / f"{number}.png") for number in range(len(PICTURES))]


@pytest.fixture
def lazy(monkeypatch):
    """From now on no batch of images stays in memory."""
    monkeypatch.setattr(batches, "HELD_BYTES", 0)


@pytest.fixture
def decoded(monkeypatch):
    """Paths of the images that are decoded, in order."""
    read = []

    def load(source, wanted, load=image_reader.load_image):
        read.append(source)
        return load(source, wanted)

    monkeypatch.setattr(image_reader, "load_image", load)
    return read


CHAINS = {
    "extractor": (ColorMoments(),),
    "stack extractor": (Resizer(height=32, width=32), HOG(pixels_per_cell=(8, 8), cells_per_block=(1, 1))),
    "image steps": (BackgroundRemover(), ForegroundCropper(height=32, width=32), ColorHistogram()),
    "union": (
        BackgroundRemover(),
        make_union(RegionMeasurements(), make_pipeline(Resizer(height=16, width=16), ColorMoments())),
    ),
    "learnt image step": (ColorMatcher(), ColorMoments()),
    "learnt extractor": (BagOfVisualWords(n_words=4, random_state=0),),
    "objects": (featkit.objects.ObjectAggregator(extractor=RegionMeasurements()),),
}


@pytest.mark.parametrize("name", CHAINS)
def test_rows_are_those_of_images_in_memory_to_the_bit(name, paths, monkeypatch):
    chain = make_pipeline(ImageReader(), *CHAINS[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = clone(chain).fit_transform(paths)
        again = clone(chain).fit(paths).transform(paths[::-1])
        monkeypatch.setattr(batches, "HELD_BYTES", 0)
        np.testing.assert_array_equal(clone(chain).fit_transform(paths), expected)
        np.testing.assert_array_equal(clone(chain).fit(paths).transform(paths[::-1]), again)


def test_images_that_take_little_memory_come_as_before(paths):
    images = ImageReader().fit_transform(paths)
    assert isinstance(images, np.ndarray)
    np.testing.assert_array_equal(images, PICTURES)


def test_the_limit_is_the_sum_of_their_bytes(paths, monkeypatch):
    n_bytes = np.asarray(PICTURES).nbytes
    monkeypatch.setattr(batches, "HELD_BYTES", n_bytes)
    assert isinstance(ImageReader().transform(paths), np.ndarray)
    monkeypatch.setattr(batches, "HELD_BYTES", n_bytes - 1)
    assert isinstance(ImageReader().transform(paths), LazyImages)
    small = Image.new("RGB", (1, 1))
    small.save(paths[0])  # the first does not tell how large the others are
    monkeypatch.setattr(batches, "HELD_BYTES", n_bytes // 2)
    assert isinstance(ImageReader().transform(paths), LazyImages)


def test_each_image_is_decoded_once_in_a_chain(paths, lazy, decoded):
    cropper = ForegroundCropper(height=16, width=16)
    make_pipeline(ImageReader(), BackgroundRemover(), cropper, ColorMoments()).fit_transform(paths)
    assert decoded == paths


def test_small_results_stay_in_memory_so_that_branches_do_not_decode_anew(paths, decoded, monkeypatch):
    monkeypatch.setattr(batches, "HELD_BYTES", 6 * 16 * 16 * 3)
    union = make_union(ColorMoments(), ColorHistogram())
    make_pipeline(ImageReader(), Resizer(height=16, width=16), union).fit_transform(paths)
    assert decoded == paths


def test_each_branch_of_a_union_decodes_and_chunks_do_not(paths, lazy, decoded, monkeypatch):
    union = make_union(ColorMoments(), ColorHistogram())
    rows = make_pipeline(ImageReader(), union).fit_transform(paths)
    assert decoded == [*paths, *paths[1:]]
    decoded.clear()
    monkeypatch.setattr(batches, "HELD_BYTES", 10**9)
    chunked = ChunkedTransformer(make_pipeline(ImageReader(), union), chunk_size=2).fit_transform(paths)
    np.testing.assert_array_equal(chunked, rows)
    assert sorted(decoded[-len(paths) :]) == paths


def test_one_image_at_a_time_is_in_memory(paths, lazy):
    alive = []

    class Watcher(featkit.FeatureExtractor):
        def image_extractor(self):
            def look(image):
                import gc
                import weakref

                gc.collect()
                alive.append(sum(reference() is not None for reference in references))
                references.append(weakref.ref(image))
                return [0.0]

            references = []
            return look

        def feature_names(self):
            return ["nothing"]

    make_pipeline(ImageReader(), BackgroundRemover(), Watcher()).fit_transform(paths)
    assert max(alive) <= 2  # the first, which was looked at, and the one before


def test_it_is_a_sequence(paths, lazy):
    images = ImageReader().transform(paths)
    assert len(images) == 6
    np.testing.assert_array_equal(images[2], PICTURES[2])
    np.testing.assert_array_equal(images[-1], PICTURES[-1])
    np.testing.assert_array_equal(list(images), PICTURES)
    np.testing.assert_array_equal(np.asarray(images), PICTURES)
    np.testing.assert_array_equal(np.asarray(images, dtype=np.float32), np.asarray(PICTURES, dtype=np.float32))
    for key in (slice(1, 5, 2), [3, 0], np.array([5, 5]), np.arange(6) > 3):
        assert isinstance(images[key], LazyImages)
        np.testing.assert_array_equal(np.asarray(images[key]), np.asarray(PICTURES)[key])
    with pytest.raises(IndexError):
        images[6]
    assert repr(images) == "LazyImages(6 images, ImageReader)"


def test_images_of_mixed_sizes_make_no_array(paths, lazy):
    Image.new("RGB", (3, 2)).save(paths[1])
    with pytest.raises(ImageFormatError, match="Expected images of one shape and dtype for an array, got the shapes"):
        np.asarray(ImageReader().transform(paths))


def test_it_can_be_pickled(paths, lazy):
    images = BackgroundRemover().transform(ImageReader().transform(paths))
    np.testing.assert_array_equal(list(pickle.loads(pickle.dumps(images))), list(images))


def test_a_step_that_is_changed_later_changes_nothing(paths, lazy):
    resizer = Resizer(height=8, width=8)
    images = resizer.transform(ImageReader().transform(paths))
    resizer.set_params(height=4)
    assert {image.shape for image in images} == {(8, 8, 3)}


def test_workers_get_it(paths, lazy):
    union = make_union(ColorMoments(), ColorHistogram(), n_jobs=2)
    rows = make_pipeline(ImageReader(), union).fit_transform(paths)
    expected = make_union(ColorMoments(), ColorHistogram()).fit_transform(PICTURES)
    np.testing.assert_array_equal(rows, expected)


def test_masks_go_with_their_images(paths, lazy):
    masks = [
        np.arange(picture.shape[0])[:, np.newaxis] + np.zeros(picture.shape[1], int) < 9 + k
        for k, picture in enumerate(PICTURES)
    ]
    images = BackgroundRemover().transform(ImageReader().transform(paths), mask=masks)
    assert isinstance(images, LazyImages)
    for image, mask in zip(images[[4, 1]], [masks[4], masks[1]]):
        np.testing.assert_array_equal(image[..., 3] > 0, mask)


def test_the_index_comes_through(paths, lazy):
    series = pd.Series(paths, index=[f"row {k}" for k in range(6)])
    chain = make_pipeline(ImageReader(), BackgroundRemover(), ColorMoments()).set_output(transform="pandas")
    table = chain.fit_transform(series)
    assert table.index.tolist() == series.index.tolist()
    assert table.columns.tolist() == ColorMoments().get_feature_names_out().tolist()
    images = chain[0].transform(series)
    assert images[2:4].index.tolist() == ["row 2", "row 3"]
    with pytest.raises(ImageFormatError, match="mask with the index of the images"):
        chain[1].transform(images, mask=pd.Series([np.ones((2, 2), bool)] * 6))
    plain = make_pipeline(ImageReader(), ColorMoments())
    plain[0].set_output(transform="pandas")
    assert isinstance(plain.fit_transform(series), np.ndarray)


def test_a_broken_file_is_named_with_its_position(paths, lazy):
    with open(paths[3], "wb"):
        pass
    chain = make_pipeline(ImageReader(), BackgroundRemover(), ColorMoments())
    with pytest.raises(ImageReadError, match="3.png: .*empty file") as caught:
        chain.fit_transform(paths)
    assert [note for note in caught.value.__notes__ if "batch" in note] == ["image 3 of the batch"]
    assert any("find_errors" in note for note in caught.value.__notes__)
    chain.set_params(imagereader__on_error="blank")
    with pytest.warns(ImageReadWarning, match="A blank stands in for .*3.png"):
        rows = chain.fit_transform(paths)
    assert np.isnan(rows[3]).all()
    assert not np.isnan(np.delete(rows, 3, axis=0)).any()


def test_an_error_of_an_extractor_tells_the_position(paths, lazy):
    Image.new("RGB", (3, 2)).save(paths[4])
    with pytest.raises(ImageFormatError, match="HOG was fitted on images of shape") as caught:
        make_pipeline(ImageReader(), HOG(pixels_per_cell=(4, 4))).fit_transform(paths)
    assert "image 4 of the batch" in caught.value.__notes__


def test_dark_images_and_gray_masks_are_told(tmp_path, lazy):
    for k in range(3):
        Image.fromarray(np.full((40, 40), 900, np.uint16)).save(tmp_path / f"{k}.png")
    paths = [tmp_path / f"{k}.png" for k in range(3)]
    with pytest.warns(ImageValueWarning, match="No value of these uint16 images is above 900"):
        make_pipeline(ImageReader(), Resizer(height=8, width=8), ColorMoments()).fit_transform(paths)
    mask = np.zeros((80, 80), np.uint8)
    mask[20:60, 20:60] = 255
    Image.fromarray(mask).save(tmp_path / "0.png")
    with pytest.warns(ImageValueWarning, match="looks like a silhouette"):
        make_pipeline(ImageReader(), RegionMeasurements()).fit_transform(paths[:1] * 2)


def test_open_files_and_pillow_images_are_read_at_once(paths, lazy):
    with open(paths[0], "rb") as file:
        images = ImageReader().transform([file, paths[1]])
    np.testing.assert_array_equal(images[0], PICTURES[0])
    with Image.open(paths[0]) as image:
        images = ImageReader().transform([image, paths[1]])
    np.testing.assert_array_equal(images[0], PICTURES[0])


def test_a_model_is_cross_validated_over_files(paths, lazy):
    model = make_pipeline(ImageReader(), ColorMoments(), StandardScaler(), LogisticRegression())
    scores = cross_val_score(model, paths, [0, 1] * 3, cv=3)
    assert len(scores) == 3
    assert np.isfinite(scores).all()
