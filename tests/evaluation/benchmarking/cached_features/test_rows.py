"""Rows that are extracted once: the same results bit for bit, what learns is refitted, memory has a limit."""

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from featkit import (
    HOG,
    BackgroundRemover,
    BagOfVisualWords,
    ColorMoments,
    Corrupter,
    ForegroundCropper,
    Haralick,
    RawPixels,
    RegionMeasurements,
    Resizer,
    benchmark,
)
from featkit.base import FeatureExtractor, ImageTransformer
from featkit.evaluation.benchmarking import benchmark as module
from featkit.evaluation.benchmarking.cached_features import _rows
from featkit.evaluation.benchmarking.cached_features._rows import extract_rows, plan_rows

COSTS = ["fit_seconds", "read_ms", "preprocess_ms", "feature_ms", "classify_ms", "peak_mb", "ms_per_image"]
FRAMES = ("table", "folds", "predictions", "pairs", "learning", "robustness", "robustness_summary", "ablation")


@pytest.fixture(scope="module")
def blobs():
    """Ellipses of two forms and colours on a noisy background."""
    rng, rows, columns = np.random.default_rng(0), *np.mgrid[:24, :24]
    images, labels = [], np.arange(24) % 2
    for label in labels:
        inside = ((rows - 12) / (4 + 4 * label)) ** 2 + ((columns - rng.uniform(10, 14)) / rng.uniform(5, 8)) ** 2 < 1
        color = np.where(inside[..., np.newaxis], rng.uniform(0.1, 0.6, 3), 0.9) + rng.normal(0, 0.05, (24, 24, 3))
        images.append((255 * np.clip(color, 0, 1)).astype(np.uint8))
    return np.stack(images), labels


def candidates():
    described = make_pipeline(ForegroundCropper(height=24, width=24), make_union(HOG(), ColorMoments()))
    foreground = make_pipeline(
        BackgroundRemover(),
        make_union(make_pipeline(RegionMeasurements(), SimpleImputer(keep_empty_features=True)), described),
    )
    words = BagOfVisualWords(n_words=5, cell_size=4)
    return {
        "pixels": make_pipeline(Resizer(height=8, width=8), make_pipeline(RawPixels(), PCA(3), SVC(probability=True))),
        "foreground": foreground,
        "words": words,
        "union": make_union(ColorMoments(), Haralick()),
        "all": make_union(foreground, words, Haralick()).set_params(transformer_weights={"haralick": 2.0}),
        "search": GridSearchCV(make_pipeline(HOG(), SVC()), {"svc__C": [1, 10]}, cv=2),
        "other library": make_pipeline(RawPixels(), FunctionTransformer(lambda rows: rows - rows.mean(0))),
    }


FULL = {
    **{"baselines": {}, "cv": 3, "train_sizes": [10], "corruptions": {"dim": Corrupter(kind="brightness")}},
    **{"ablate": ["union"], "check_duplicates": False, "verbose": False},
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("n_repeats", "as_list"), [(1, True), (2, False)])
def test_results_are_bit_for_bit_those_of_whole_pipelines(blobs, monkeypatch, n_repeats, as_list):
    images, labels = (list(blobs[0]) if as_list else blobs[0]), blobs[1]
    options = {**FULL, "n_repeats": n_repeats}
    found = benchmark(candidates(), images, labels, **options)
    monkeypatch.setattr(module, "plan_rows", lambda *arguments, **options: {})
    plain = benchmark(candidates(), images, labels, **options)
    for name in FRAMES:
        frames = (getattr(one, name).drop(columns=COSTS, errors="ignore") for one in (found, plain))
        pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_they_are_whole_pipelines_rows(blobs):
    images, labels = blobs
    parts = candidates()
    split = plan_rows(
        {"foreground": make_pipeline(parts["foreground"], SVC())}, (), images, np.arange(24), tested_again=False
    )
    rows = extract_rows(split, images, np.arange(24), n_jobs=None, advance=lambda *_: None)["foreground"]
    expected = parts["foreground"].fit_transform(images)
    imputed = SimpleImputer(keep_empty_features=True).fit_transform(rows.tables[0][0])
    assert (np.hstack([imputed, *rows.tables[0][1:]]) == expected).all()
    assert rows.milliseconds["preprocess_ms"] > 0
    assert rows.milliseconds["feature_ms"] > 0


class Counted(FeatureExtractor):
    """Mean colour of an image, which notes what it was asked for."""

    seen: list = []

    def image_extractor(self):
        def extract(image):
            Counted.seen.append(int(image[0, 0, 0]))
            return np.asarray(image, dtype=float).mean(axis=(0, 1))

        return extract

    def feature_names(self):
        return ["red", "green", "blue"]


class Noted(StandardScaler):
    """Notes how many rows each fit has seen, and the mean that it has learnt."""

    fits: list = []

    def fit(self, X, y=None, sample_weight=None):
        super().fit(X, y, sample_weight)
        Noted.fits.append((len(X), self.mean_[0]))
        return self


@pytest.fixture
def marked():
    """Images that tell their number in a corner."""
    images = np.random.default_rng(1).integers(0, 255, (30, 6, 6, 3), dtype=np.uint8)
    images[:, 0, 0, 0] = np.arange(30)
    return images, np.arange(30) % 3


def test_an_image_is_extracted_once_for_all_folds_and_repeats(marked):
    Counted.seen.clear()
    benchmark({"mean": Counted()}, *marked, **{**FULL, "corruptions": None, "ablate": (), "n_repeats": 3})
    counts = np.bincount(Counted.seen, minlength=30)
    assert counts[1:].tolist() == [1] * 29
    assert counts[0] == 3  # once more to see how many columns there are, and before times are measured


def test_changed_images_are_extracted_once_for_all_repeats(marked):
    change = {"cast": Corrupter(kind="contrast", amount=0.9)}
    for n_repeats in (1, 3):
        Counted.seen.clear()
        benchmark({"mean": Counted()}, *marked, **{**FULL, "corruptions": change, "ablate": (), "n_repeats": n_repeats})
        assert len(Counted.seen) == 2 + 30 + 30


def test_what_learns_is_refitted_on_the_training_part_of_every_fold(marked):
    Noted.fits.clear()
    images, labels = marked
    options = {**FULL, "corruptions": None, "ablate": (), "train_sizes": [10], "n_repeats": 2}
    found = benchmark({"mean": make_pipeline(Counted(), Noted(), SVC())}, images, labels, **options)
    means = images[..., 0].astype(float).mean(axis=(1, 2))
    whole = [(20, means[np.setdiff1d(np.arange(30), part["image"])].mean())
             for _, part in found.predictions.groupby(["repeat", "fold"])]  # fmt: skip
    assert [n for n, _ in Noted.fits] == [20, 10] * 6
    np.testing.assert_allclose([mean for n, mean in Noted.fits if n == 20], [mean for _, mean in whole])
    assert len({mean for _, mean in whole}) == 6


def test_rows_that_take_too_much_memory_are_extracted_in_every_fold(marked):
    images, _ = marked
    one = {"few": make_pipeline(Counted(), SVC()), "many": make_pipeline(RawPixels(), SVC())}
    rows = np.arange(30)
    assert list(plan_rows(one, (), images, rows, tested_again=False, most_bytes=30 * (8 * 3 + 4 * 108))) == [
        "few",
        "many",
    ]
    assert list(plan_rows(one, (), images, rows, tested_again=False, most_bytes=30 * 4 * 108)) == ["few"]
    assert _rows.MOST_BYTES == 2**29


class Dim(ImageTransformer):
    def image_transformer(self):
        return lambda image: image // 2


def test_images_that_others_change_are_not_kept(marked):
    """Their own code may look at more than one image."""
    one, rows = {"mean": make_pipeline(Counted(), SVC())}, np.arange(30)
    for transformer, n_kept in ((Corrupter(), 1), (Dim(), 0)):
        change = module.corruption_suite({"change": transformer})
        assert len(plan_rows(one, change, marked[0], rows, tested_again=True)["mean"].changes) == n_kept


def test_a_candidate_that_fails_says_so_as_without_kept_rows(marked):
    images, labels = list(marked[0]), marked[1]
    images[7] = np.zeros((9, 12, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="images of one shape|fitted on images of shape") as caught:
        benchmark({"pixels": RawPixels()}, images, labels, **{**FULL, "corruptions": None, "ablate": ()})
    assert any("candidate 'pixels', fold 0" in note for note in caught.value.__notes__)
