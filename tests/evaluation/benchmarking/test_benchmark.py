"""benchmark: what stands in its frames, what it is not allowed to see, that it goes on where it was stopped."""

import json
import mmap
import pickle
import time

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import GridSearchCV, ShuffleSplit, StratifiedKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import SVC

from featkit import HOG, AugmentedClassifier, Corrupter, ImageReader, RawPixels, Resizer, benchmark, raw_pixel_baselines
from featkit.evaluation import Benchmark, corrected_resampled_test, mcnemar_test
from featkit.evaluation.benchmarking import _folds as folds
from featkit.exceptions import ImageReadError

COSTS = ["fit_seconds", "read_ms", "preprocess_ms", "feature_ms", "classify_ms", "peak_mb"]


@pytest.fixture(scope="module")
def digits():
    bunch = load_digits(n_class=4)
    return bunch.images[:240] / 16, bunch.target[:240]


def candidates():
    return {
        "pixels": make_pipeline(RawPixels(), LogisticRegression(max_iter=500)),
        "HOG": HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1)),
        "network": make_pipeline(RawPixels(), MLPClassifier((8,), max_iter=30, tol=0.1)),
    }


OPTIONS = {"baselines": {}, "cv": 3, "verbose": False}
FULL = {**OPTIONS, "train_sizes": [40, 160], "corruptions": ["brightness", "shift"], "n_repeats": 2}


def run(digits, features=None, **options):
    return benchmark(candidates() if features is None else features, *digits, **{**OPTIONS, **options})


@pytest.fixture(scope="module")
def full(digits):
    return run(digits, **FULL)


def without_costs(frame):
    return frame.drop(columns=[*COSTS, "ms_per_image"], errors="ignore")


def assert_same_results(first, second):
    for name in ("table", "folds", "predictions", "pairs", "learning", "robustness", "robustness_summary", "ablation"):
        pd.testing.assert_frame_equal(without_costs(getattr(first, name)), without_costs(getattr(second, name)))


# What the frames say


def test_figures_are_those_of_scikit_learn_on_the_same_folds(digits, full):
    images, labels = digits
    pixels = full.folds.query("candidate == 'pixels' and repeat == 1")
    splitter = StratifiedKFold(3, shuffle=True, random_state=1)
    for row, (train, test) in zip(pixels.itertuples(), splitter.split(images, labels)):
        model = candidates()["pixels"].fit(images[train], labels[train])
        predicted = model.predict(images[test])
        assert row.accuracy == pytest.approx((predicted == labels[test]).mean())
        assert row.macro_f1 == pytest.approx(f1_score(labels[test], predicted, average="macro"))
        assert row.log_loss == pytest.approx(log_loss(labels[test], model.predict_proba(images[test])), rel=1e-6)
    predictions = full.predictions.query("candidate == 'pixels' and repeat == 1").sort_values("image")
    assert (
        predictions["predicted"].to_numpy() == cross_val_predict(candidates()["pixels"], *digits, cv=splitter)
    ).all()
    assert (predictions["truth"].to_numpy() == labels).all()


def test_the_table_sums_up_the_folds(full):
    assert list(full.table.index) == list(candidates())
    for name, row in full.table.iterrows():
        part = full.folds[full.folds["candidate"] == name]
        assert len(part) == 6
        test = corrected_resampled_test(part["accuracy"], n_train=160, n_test=80)
        assert row["accuracy"] == pytest.approx(part["accuracy"].mean())
        assert row["accuracy_low"] == pytest.approx(max(0, test.low))
        assert row["accuracy_high"] == pytest.approx(min(1, test.high))
        assert row["macro_f1"] == pytest.approx(part["macro_f1"].mean())
    assert full.table["n_features"].to_dict() == {"pixels": 64, "HOG": 36, "network": 64}
    assert full.table["log_loss"].isna().to_dict() == {"pixels": False, "HOG": True, "network": False}


@pytest.mark.parametrize("shift", [0, 1])
def test_where_all_folds_agree_the_interval_is_wilsons_over_the_images(digits, shift):
    """Of 240 right the lower end is 240 / (240 + z²), z = 1.95996; of as many wrong it is the mirror image."""
    images = np.zeros((240, 5, 5))
    images[:, 0, 0] = digits[1] / 4
    known = {"known": KnowsTheCorner(shift=shift)}
    row = run((images, digits[1]), known, n_repeats=2, check_duplicates=False).table.loc["known"]
    width = 1.959964**2 / (240 + 1.959964**2)
    expected = (0, width) if shift else (1 - width, 1)
    assert (row["accuracy_low"], row["accuracy_high"]) == pytest.approx(expected, abs=1e-6)


class KnowsTheCorner(ClassifierMixin, BaseEstimator):
    def __init__(self, shift=0):
        self.shift = shift

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return (np.rint(4 * np.asarray(X)[:, 0, 0]).astype(int) + self.shift) % 4


def test_a_single_fold_has_no_interval(digits):
    found = run(digits, cv=ShuffleSplit(1, test_size=80, random_state=0), train_sizes=[40], corruptions=["shift"])
    intervals = found.table[["accuracy_low", "accuracy_high"]], found.pairs[["low", "high", "p_resampled_holm"]]
    for frame in (*intervals, *(part[["low", "high"]] for part in (found.learning_curves(), found.robustness_summary))):
        assert frame.isna().all(axis=None)
    assert found.table["accuracy"].between(0.25, 1).all()
    assert found.pairs["p_mcnemar_holm"].notna().all()


def test_pairs_are_tested_on_folds_and_on_images(full):
    assert full.pairs[["a", "b"]].to_numpy().tolist() == [["pixels", "HOG"], ["pixels", "network"], ["HOG", "network"]]
    folds = full.folds.pivot(index=["repeat", "fold"], columns="candidate", values="accuracy")
    first = full.predictions.query("repeat == 0").assign(right=lambda frame: frame["truth"] == frame["predicted"])
    right = first.pivot(index="image", columns="candidate", values="right")
    assert len(right) == 240
    for row in full.pairs.itertuples():
        test = corrected_resampled_test(folds[row.a] - folds[row.b], n_train=160, n_test=80)
        assert (row.difference, row.low, row.high, row.p_resampled) == pytest.approx(test)
        assert row.p_mcnemar == mcnemar_test(right[row.a], right[row.b])
    assert (full.pairs["p_mcnemar_holm"] >= full.pairs["p_mcnemar"]).all()
    assert (full.pairs["p_resampled_holm"] >= full.pairs["p_resampled"]).all()


def test_learning_uses_the_same_draws_and_the_full_fold_at_full_size(full):
    assert sorted(full.learning["n_train"].unique()) == [40, 160]
    assert len(full.learning) == 3 * 2 * 6
    at_full_size = full.learning.query("n_train == 160")["accuracy"].to_numpy()
    assert (at_full_size == full.folds["accuracy"].to_numpy()).all()
    means = full.learning_curves().set_index(["candidate", "n_train"])["accuracy"]
    assert all(means[name, 40] < means[name, 160] for name in candidates())


def test_every_candidate_is_shown_the_same_changed_images(digits):
    same = {"first": candidates()["pixels"], "second": candidates()["pixels"]}
    by_name = run(digits, same, corruptions=["noise", "rotation"]).robustness.set_index("candidate")["accuracy"]
    assert by_name["first"].tolist() == by_name["second"].tolist()


def test_robustness_is_the_accuracy_on_corrupted_test_images(digits, full):
    images, labels = digits
    train, test = next(StratifiedKFold(3, shuffle=True, random_state=0).split(images, labels))
    model = candidates()["pixels"].fit(images[train], labels[train])
    shown = full.robustness.query("candidate == 'pixels' and repeat == 0 and fold == 0 and corruption == 'shift'")
    assert shown["amount"].tolist() == [0.04, 0.07, 0.11, 0.14, 0.2]
    expected = [
        model.score(Corrupter(kind="shift", severity=k).transform(images[test]), labels[test]) for k in range(1, 6)
    ]
    assert shown["accuracy"].tolist() == pytest.approx(expected)
    assert (shown["clean"] == model.score(images[test], labels[test])).all()


def test_ablation_tells_which_family_carries(digits):
    noise = Corrupter(kind="occlusion", amount=1.0, severity=1)
    union = make_union(RawPixels(), make_pipeline(noise, HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))))
    found = run(digits, {"both": union, "other": RawPixels()}, ablate=["both"])
    assert list(found.table.index) == ["both", "other"]
    lost = found.ablation.set_index("family")
    assert list(lost.index) == ["rawpixels", "pipeline"]
    assert lost.loc["rawpixels", "difference"] < -0.5
    assert abs(lost.loc["pipeline", "difference"]) < 0.05
    assert lost.loc["rawpixels", "p"] < 0.01


def test_a_candidate_is_not_replaced_by_an_ablated_one_of_its_name(digits):
    candidates = {"A": make_union(RawPixels(), HOG(pixels_per_cell=(4, 4))), "A without hog": RawPixels()}
    with pytest.raises(ValueError, match=r"name of an ablated one, got \['A without hog'\]"):
        run(digits, candidates, ablate=["A"])


def test_duplicates_are_found_and_told_before_anything_is_fitted(digits, capsys):
    images, labels = digits
    images = np.concatenate([images, images[:2]])
    labels = np.append(labels, labels[:2])

    class Refuses(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            raise ValueError("no fit today")

    with pytest.raises(ValueError, match="no fit today"):
        benchmark({"refuses": Refuses()}, images, labels, baselines={}, cv=3)
    assert "2 pairs of images are duplicates (2 identical pixel by pixel)" in capsys.readouterr().out
    found = run((images, labels), {"pixels": RawPixels()}).duplicates
    assert found[["image_a", "image_b", "exact"]].to_numpy().tolist() == [[0, 240, True], [1, 241, True]]
    assert set(found["n_parted"]) <= {0, 2}  # of three folds a pair is together in the test part of one, or parted


def test_about_says_what_a_repetition_needs(full):
    about = full.about
    assert {"featkit", "python", "scikit-learn", "numpy", "opencv"} <= set(about["versions"])
    assert (about["n_images"], about["n_folds"], about["n_repeats"], about["random_state"]) == (240, 6, 2, 0)
    assert about["classes"] == {str(k): 60 for k in range(4)} or sum(about["classes"].values()) == 240
    assert "max_iter=500" in about["candidates"]["pixels"]
    json.dumps(about)


# Costs


def test_time_is_split_by_stage(digits, tmp_path):
    import cv2

    paths = []
    for index, image in enumerate(digits[0][:60]):
        paths.append(str(tmp_path / f"{index}.png"))
        cv2.imwrite(paths[-1], (image * 255).astype(np.uint8))
    labels = digits[1][:60]
    pixels = RawPixels().set_output(transform="polars")  # a table of whatever kind
    reading = make_pipeline(ImageReader(), Resizer(height=16, width=16), pixels, SVC())
    searched = GridSearchCV(make_pipeline(ImageReader(), RawPixels(), SVC()), {"svc__C": [1, 10]}, cv=2)
    table = run((paths, labels), {"reading": reading, "searched": searched, "guess": LookingAtNothing()}).table
    stages = table[["read_ms", "preprocess_ms", "feature_ms", "classify_ms"]] > 0
    assert stages.loc["reading"].all()
    assert stages.loc["searched"].tolist() == [True, False, True, True]
    assert stages.loc["guess"].tolist() == [False, False, False, True]
    assert (table["ms_per_image"] > 0).all()
    assert table["n_features"].tolist()[:2] == [256, 64]


class LookingAtNothing(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


class Hungry(LookingAtNothing):
    def fit(self, X, y):
        ballast = np.frombuffer(mmap.mmap(-1, 40 * 2**20), np.uint8)  # fresh pages: NumPy may get what was freed before
        ballast[:] = 1
        time.sleep(0.5)  # memory is sampled, on a busy machine not often
        return super().fit(X, y) if ballast.sum() > 0 else self


def test_peak_memory_is_what_came_on_top(digits):
    table = run(digits, {"hungry": Hungry(), "modest": LookingAtNothing()}).table
    assert 38 < table.loc["hungry", "peak_mb"] < 60
    assert table.loc["modest", "peak_mb"] < 10


def test_training_on_copies_is_seen_through(digits):
    copies = AugmentedClassifier(make_pipeline(RawPixels(), SVC()), Corrupter(kind="shift"), n_augmented=1)
    table = run(digits, {"copies": copies}, check_duplicates=False).table
    assert table.loc["copies", "n_features"] == 64
    assert table.loc["copies", "feature_ms"] > 0


# Same results again, on more workers, after a stop


def test_two_runs_are_equal_on_one_worker_and_on_two(digits, full):
    assert_same_results(full, run(digits, **FULL))
    with joblib.parallel_config(backend="threading"):
        assert_same_results(full, run(digits, **FULL, n_jobs=2))


def test_processes_give_the_same(digits):
    features = {name: candidates()[name] for name in ("pixels", "network")}
    assert_same_results(run(digits, features), run(digits, features, n_jobs=2))


def test_unset_seeds_are_set_and_set_ones_kept(digits):
    def network(seed):
        return {"network": make_pipeline(RawPixels(), MLPClassifier((4,), max_iter=30, tol=0.5, random_state=seed))}

    unset, again, other = (run(digits, network(seed), random_state=r) for seed, r in ((None, 0), (None, 0), (7, 0)))
    assert_same_results(unset, again)
    assert without_costs(unset.folds)["log_loss"].tolist() != without_costs(other.folds)["log_loss"].tolist()


def test_a_stopped_run_goes_on_from_its_finished_folds(digits, tmp_path, monkeypatch):
    features = {name: candidates()[name] for name in ("pixels", "HOG")}
    options = {"n_repeats": 2, "train_sizes": [40]}
    whole = run(digits, features, **options)
    done = []

    def stops_in_the_third(plans, X, y, fold, **kept):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(fold.fold)
        return folds.run_fold(plans, X, y, fold, **kept)

    monkeypatch.setattr("featkit.evaluation.benchmarking.benchmark.run_fold", stops_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        run(digits, features, **options, store=tmp_path)
    computed = []

    def counts(plans, X, y, fold, **kept):
        computed.append((fold.repeat, fold.fold, list(plans)))
        return folds.run_fold(plans, X, y, fold, **kept)

    monkeypatch.setattr("featkit.evaluation.benchmarking.benchmark.run_fold", counts)
    assert_same_results(whole, run(digits, features, **options, store=tmp_path))
    assert [(repeat, fold) for repeat, fold, _ in computed] == [(0, 2), (1, 0), (1, 1), (1, 2)]
    computed.clear()
    changed = {**features, "HOG": HOG(pixels_per_cell=(2, 2), cells_per_block=(1, 1))}
    run(digits, changed, **options, store=tmp_path)
    assert [names for _, _, names in computed] == [["HOG"]] * 6
    computed.clear()
    run((digits[0], digits[1][::-1]), features, **options, store=tmp_path)
    assert len(computed) == 6


@pytest.mark.parametrize("order", [[1, 2, 0], [2, 1, 0], [0, 2, 1]])
def test_a_store_keeps_the_draws_of_a_reordered_split_apart(digits, tmp_path, order):
    """The smaller training sets are drawn by repeat and fold: the same split in another place has others."""
    features = {"pixels": candidates()["pixels"]}
    splits = list(StratifiedKFold(3, shuffle=True, random_state=0).split(*digits))
    run(digits, features, cv=splits, train_sizes=[40], store=tmp_path)
    reordered = {"cv": [splits[k] for k in order], "train_sizes": [40]}
    fresh = run(digits, features, **reordered)
    assert_same_results(fresh, run(digits, features, **reordered, store=tmp_path))


def test_a_store_is_read_under_the_same_split(digits, tmp_path, monkeypatch):
    features, splits = {"pixels": candidates()["pixels"]}, list(StratifiedKFold(3).split(*digits))
    first = run(digits, features, cv=splits, train_sizes=[40], store=tmp_path)
    monkeypatch.setattr("featkit.evaluation.benchmarking.benchmark.run_fold", None)
    assert_same_results(first, run(digits, features, cv=splits, train_sizes=[40], store=tmp_path))


def test_baselines_are_known_whatever_they_are_called(digits):
    found = benchmark({"4x4 pixels": candidates()["HOG"]}, *digits, **(OPTIONS | {"baselines": {"grey": RawPixels()}}))
    assert found.baselines == ["grey"]
    assert found.table.index.tolist() == ["grey", "4x4 pixels"]


def test_saved_and_loaded_is_the_same(full, tmp_path):
    loaded = Benchmark.load(full.save(tmp_path / "found.json"))
    assert loaded.about == full.about
    for name in ("table", "folds", "predictions", "pairs", "learning", "robustness", "robustness_summary"):
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(full, name), check_exact=True)
    assert list(loaded.duplicates.columns) == list(full.duplicates.columns)
    assert repr(loaded) == repr(pickle.loads(pickle.dumps(full))) == "Benchmark(3 candidates, 6 folds, 240 images)"


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"{}", b'{"about": {}, "table": 3}', b"\x89PNG"], ids=repr)
def test_what_save_did_not_write_is_refused(tmp_path, content):
    (tmp_path / "found.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"found.json: expected a whole file made by Benchmark.save"):
        Benchmark.load(tmp_path / "found.json")


def test_a_damaged_record_of_a_fold_is_computed_again(digits, tmp_path):
    features = {"pixels": candidates()["pixels"]}
    whole = run(digits, features, store=tmp_path)
    record = sorted(tmp_path.iterdir())[1]
    content = record.read_bytes()
    record.write_bytes(content[: len(content) // 2])
    with pytest.warns(UserWarning, match=rf"{record.name} is damaged .* computed again"):
        assert_same_results(whole, run(digits, features, store=tmp_path))
    assert len(record.read_bytes()) >= len(content) // 2
    assert_same_results(whole, run(digits, features, store=tmp_path))


def test_an_image_that_is_gone_is_named_with_a_store_too(digits, tmp_path):
    paths = [str(tmp_path / f"{index}.png") for index in range(len(digits[1]))]
    reader = {"pixels": make_pipeline(ImageReader(), RawPixels(), LogisticRegression(max_iter=1000))}
    with pytest.raises(ImageReadError, match=r"0.png: expected an image file"):
        run((paths, digits[1]), reader, store=tmp_path / "store", check_duplicates=False)


# Groups, classes, bad input


def test_groups_are_never_parted(digits):
    groups = np.arange(240) // 10
    predictions = run(digits, groups=groups, n_repeats=2).predictions.query("candidate == 'HOG'")
    place = predictions.assign(group=groups[predictions["image"]]).groupby(["repeat", "group"])["fold"].nunique()
    assert (place == 1).all()
    assert len(place) == 48


def test_automatic_sizes_fit_the_smallest_training_part(digits):
    groups = np.minimum(np.arange(240), 180) // 4  # one group holds a quarter of the images
    found = run(digits, {"HOG": candidates()["HOG"]}, groups=groups, train_sizes="auto")
    smallest = found.folds["n_train"].min()
    assert smallest < 160
    sizes = found.learning["n_train"].unique()  # scikit-learn 1.6 deals other folds, where an eighth is too small
    assert [smallest // 4, smallest // 2, smallest] == sizes[-3:].tolist()
    at_all = found.learning.query(f"n_train == {smallest}").set_index("draw")["accuracy"]
    draw = found.folds["n_train"].argmin()
    assert at_all[draw] == found.folds["accuracy"][draw]


def test_classes_may_be_words_and_missing_from_a_training_part(digits):
    words = np.array(["one", "two", "three", "rare"])[digits[1]]
    groups = np.where(words == "rare", 0, 1 + np.arange(240) % 5)
    found = run((digits[0], words), {"pixels": candidates()["pixels"]}, groups=groups)
    assert set(found.predictions["predicted"]) <= set(words)
    assert np.isfinite(found.folds["log_loss"]).all()
    assert found.folds["accuracy"].min() < 0.9


def test_raw_pixels_are_always_there_with_the_seed_of_the_run(digits):
    found = benchmark({"HOG": candidates()["HOG"]}, *digits, cv=2, random_state=7, verbose=False)
    assert "random_state=7" in found.about["candidates"]["raw pixels + MLP"]
    assert found.about["baselines"] == [
        "raw pixels + logistic regression",
        "raw pixels + MLP",
        "raw pixels + tuned SVM",
        "stretched pixels + tuned SVM",
    ]
    assert list(found.table.index) == [*found.about["baselines"], "HOG"]


def test_the_perceptron_learns_from_bright_images_and_bears_dim_ones(digits):
    images, labels = digits
    for ground in (0, 0.8):  # light all over: without the mean taken, all units die
        train = ground + (1 - ground) * images[::2]
        perceptron = raw_pixel_baselines(train)["raw pixels + MLP"].fit(train, labels[::2])
        test = ground + (1 - ground) * images[1::2]
        assert perceptron.score(test, labels[1::2]) > 0.95
        assert perceptron.score(test / 2, labels[1::2]) > 0.93


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"features": {}}, "at least one candidate"),
        ({"baselines": {"HOG": RawPixels()}}, r"got \['HOG'\]: rename"),
        ({"ablate": ["HOG"]}, "FeatureUnion of at least two branches"),
        ({"ablate": ["cat"]}, r"name candidates among .*, got \['cat'\]"),
        ({"corruptions": ["rain"]}, r"got \['rain'\]"),
        ({"train_sizes": [999]}, "got 999: 160 are there"),
        ({"train_sizes": "all"}, "\"auto\" or a sequence of numbers of images, got 'all'"),
        ({"n_repeats": 0}, "at least one fold, got cv=3 and n_repeats=0"),
        ({"cv": []}, r"at least one fold, got cv=\[\]"),
    ],
)
def test_bad_input_is_named(digits, options, message):
    with pytest.raises(ValueError, match=message):
        run(digits, **options)


def test_an_error_names_candidate_and_fold(digits):
    with pytest.raises(ValueError, match="min_samples") as caught:
        run(digits, {"broken": make_pipeline(RawPixels(), RefusesToFit())})
    assert caught.value.__notes__ == ["candidate 'broken', fold 0 of repeat 0"]


def test_an_error_on_changed_images_names_the_change(digits):
    with pytest.raises(ValueError, match="other levels") as caught:
        run(digits, {"picky": make_pipeline(KnowsSixteenLevels(), GaussianNB())}, corruptions=["brightness"])
    assert caught.value.__notes__[0] == "under 'brightness' of severity 1"


class KnowsSixteenLevels(RawPixels):
    def transform(self, X):
        if np.any(16 * np.asarray(X) % 1):
            raise ValueError("other levels")
        return super().transform(X)


class RefusesToFit(LookingAtNothing):
    def fit(self, X, y):
        raise ValueError("min_samples")
