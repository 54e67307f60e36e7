"""The checks can fail: for each law an estimator that breaks this law, and that no other check complains of."""

import re
import sys
import time
from functools import partial
from numbers import Real

import cv2
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from featkit import (
    FeatureExtractor,
    ImageTransformer,
    check_image_estimator,
    check_images,
    foreground_mask,
    parametrize_with_image_checks,
    testing,
)
from featkit.exceptions import ImageFormatError
from featkit.image import flatten_alpha, split_alpha, to_float, to_gray
from featkit.image.alpha import join_alpha
from featkit.parameters import Interval
from featkit.testing import _class_laws as class_laws
from featkit.testing import _input_laws as input_laws
from featkit.testing import _output_laws as output_laws
from featkit.testing import check_pictures, image_checks

# Estimators that keep every law


def tone(image, background):
    values = to_float(flatten_alpha(image, background)).astype(np.float64)
    return [values.mean(), values.max()]


class Tone(FeatureExtractor):
    """Mean and maximum of all values: of fixed length, stateless."""

    parameter_constraints = {"background": [Interval(Real, 0, 1, closed="both")]}

    def __init__(self, *, background=0.0):
        self.background = background

    def image_extractor(self):
        return partial(tone, background=self.background)

    def feature_names(self):
        return ["tone_maximum", "tone_mean"]


class CenteredTone(Tone):
    """Tone less the mean tone of the training images: learned."""

    requires_fit = True

    def learn(self, images, y):
        self.center_ = np.mean([tone(image, self.background) for image in images], axis=0)

    def image_extractor(self):
        return lambda image: tone(image, self.background) - self.center_


class Negative(ImageTransformer):
    """An image transformer; what is transparent stays so."""

    def image_transformer(self):
        return negative


def negative(image):
    color, alpha = split_alpha(image)
    if color.dtype.kind == "b":
        return ~color
    white = 1 if color.dtype.kind == "f" else np.iinfo(color.dtype).max
    return white - color if alpha is None else join_alpha(white - color, alpha)


class OwnTone(TransformerMixin, BaseEstimator):
    """A row of features that knows nothing of featkit's bases."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def fit(self, X, y=None):
        self._check(X)
        return self

    def _check(self, X):
        if not isinstance(self.scale, float) or self.scale <= 0:
            raise ValueError(f"scale must be a positive float, got {self.scale!r}")
        return check_images(X)

    def transform(self, X):
        return np.array([[self.scale * value for value in tone(image, 0.0)] for image in self._check(X)])

    def get_feature_names_out(self, input_features=None):
        return np.array(["own_tone_maximum", "own_tone_mean"], dtype=object)

    def __sklearn_tags__(self):
        return image_tags(super().__sklearn_tags__(), requires_fit=False)


def image_tags(tags, requires_fit):
    tags.input_tags.two_d_array = False
    tags.input_tags.three_d_array = True
    tags.requires_fit = requires_fit
    return tags


class NearestTone(ClassifierMixin, BaseEstimator):
    """A classifier of images."""

    def fit(self, X, y):
        tones = np.array([tone(image, 0.0)[0] for image in check_images(X)])
        self.classes_ = np.unique(y)
        self.tones_ = np.array([tones[np.asarray(y) == label].mean() for label in self.classes_])
        return self

    def predict(self, X):
        check_is_fitted(self)
        tones = np.array([tone(image, 0.0)[0] for image in check_images(X)])
        return self.classes_[np.abs(tones[:, np.newaxis] - self.tones_).argmin(axis=1)]

    def __sklearn_tags__(self):
        return image_tags(super().__sklearn_tags__(), requires_fit=True)


LAWFUL = [
    Tone(),
    CenteredTone(),
    Negative(),
    OwnTone(),
    NearestTone(),
    make_pipeline(Negative(), Tone()),
    make_pipeline(Negative(), make_union(Tone(), OwnTone())),
    make_pipeline(Negative(), Tone(), StandardScaler(), PCA(1)),
    make_pipeline(Negative(), Tone(), LogisticRegression(max_iter=1000)),
]


@parametrize_with_image_checks(LAWFUL)
def test_lawful_estimator(estimator, check):
    check(estimator)


# Estimators that break one law


class ConverterInConstructor(Tone):
    def __init__(self, *, background=0.0):
        self.background = background if isinstance(background, float) else str(background)


class CacheInConstructor(Tone):
    def __init__(self, *, background=0.0):
        self.background = background
        self.cache = {}


class OpenEndedConstructor(Tone):
    def __init__(self, *, background=0.0, **options):
        self.background = background

    @classmethod
    def _get_param_names(cls):
        return ["background"]


class ForgottenParameter(Tone):
    parameter_constraints = {}

    def __init__(self, *, background=0.0):
        self.background = background

    def get_params(self, deep=True):
        return {}


class ParameterChangedByFit(Tone):
    def fit(self, X, y=None):
        super().fit(X, y)
        self.background = np.float64(self.background)
        return self


class UndeclaredParameter(Tone):
    parameter_constraints = {}


class LooseRange(Tone):
    parameter_constraints = {"background": [Interval(Real, 0, 1, closed="both")]}

    def _validate_params(self):
        if isinstance(self.background, (int, float)):
            return
        super()._validate_params()


class CheckedInFitOnly(Tone):
    def checked_batch(self, X):
        return self.read_batch(X)


class TagsOfATable(Tone):
    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class NeedsFitInSecret(Tone):
    def learn(self, images, y):
        self.ready_ = True

    def image_extractor(self):
        check_is_fitted(self, "ready_")
        return super().image_extractor()


class CrashesUnfitted(CenteredTone):
    def checked_batch(self, X):
        return self.read_batch(X)


class NamesChangeInFit(Tone):
    def feature_names(self):
        return super().feature_names() if hasattr(self, "fitted_") else ["tone_a", "tone_b"]

    def learn(self, images, y):
        self.fitted_ = True


class NoRepr(Tone):
    def __repr__(self):
        return f"{type(self).__name__}({self.mode})"


class FitReturnsNothing(Tone):
    def fit(self, X, y=None):
        super().fit(X, y)

    def fit_transform(self, X, y=None):
        self.fit(X, y)
        return self.transform(X)


class OtherFitTransform(Tone):
    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X) + 1


class RemembersTheFirstFit(CenteredTone):
    def learn(self, images, y):
        self.n_fits_ = getattr(self, "n_fits_", 0) + 1
        super().learn(images, y)
        self.center_ += self.n_fits_


class LessTheBatchMean(Tone):
    def transform(self, X):
        rows = np.asarray(super().transform(X))
        return rows - rows.mean(axis=0)


class BlockwiseSums(Tone):
    """Matrix products whose last digits depend on the number of rows."""

    def transform(self, X):
        rows = super().transform(X)
        return rows if len(rows) > 1 else rows * (1 + 1e-15)


class OtherPathForStacks(Tone):
    def transform_batch(self, X, **metadata):
        rows = super().transform_batch(X, **metadata)
        return rows * 1.001 if isinstance(X, np.ndarray) and X.dtype != object else rows


class WritesIntoTheInput(Tone):
    def image_extractor(self):
        def extract(image):
            if image.dtype.kind != "b":
                image[0, 0] = 0
            return tone(image, self.background)

        return extract


class RefusesReadOnly(Tone):
    def image_extractor(self):
        def extract(image):
            if image.dtype.kind != "b":
                image[0, 0] = image[0, 0]
            return tone(image, self.background)

        return extract


class TakesArraysOfOneTypeOnly(Tone):
    def read_batch(self, X):
        if isinstance(X, np.memmap):
            raise ImageFormatError("Expected an array.")
        return super().read_batch(X)


class TrustsTheMemoryOrder(Tone):
    def image_extractor(self):
        def extract(image):
            brightest = float(to_float(flatten_alpha(image, self.background)).max())
            return [brightest if image.flags.c_contiguous else brightest / 2, 0.0]

        return extract


class RawValues(Tone):
    def image_extractor(self):
        return lambda image: [float(flatten_alpha(image, self.background).max()), 0.0]


def raw_values_in_a_pipeline():
    return make_pipeline(Negative(), RawValues())


def raw_values_classified():
    return make_pipeline(RawValues(), DecisionTreeClassifier(random_state=0))


class StacksWhatDoesNotStack(Tone):
    def read_batch(self, X):
        images = check_images(X)
        if len({image.shape[:2] for image in images}) == 1:
            np.stack(images)
        return images


class NoMasks(Tone):
    def image_extractor(self):
        def extract(image):
            if image.dtype.kind == "b":
                raise ImageFormatError("Expected a picture, got a mask.")
            return tone(image, self.background)

        return extract


class EqualSizesWithoutNeed(Tone):
    def read_batch(self, X):
        images = check_images(X)
        self._common_shape(images)
        return images


class LengthFromTheSize(FeatureExtractor):
    """Fitted on one size, it gives other columns for another."""

    def learn(self, images, y):
        self.image_shape_ = images[0].shape[:2]

    def image_extractor(self):
        return lambda image: to_float(to_gray(flatten_alpha(image))).max(axis=1)

    def get_feature_names_out(self, input_features=None):
        check_is_fitted(self, "image_shape_")
        return np.array([f"row_{row:03d}" for row in range(self.image_shape_[0])], dtype=object)


class DividesByTheContrast(Tone):
    def image_extractor(self):
        def extract(image):
            mean, most = tone(image, self.background)
            return [mean / np.float64(most - to_float(flatten_alpha(image)).min()), most]

        return extract


class NoSuchCrop(Tone):
    def image_extractor(self):
        def extract(image):
            rows, _ = np.nonzero(foreground_mask(image))
            return tone(image[min(rows) :], self.background)

        return extract


class GuessesOneImage(Tone):
    def read_batch(self, X):
        if isinstance(X, np.ndarray) and X.ndim == 3 and X.shape[2] == 3:
            X = X[np.newaxis]
        return super().read_batch(X)


class ScalesAnyFloats(Tone):
    def read_batch(self, X):
        if isinstance(X, np.ndarray) and X.dtype.kind == "f" and X.max() > 1 and X.max() <= 255:
            X = X / 255
        return super().read_batch(X)


class TakesGenerators(Tone):
    def read_batch(self, X):
        return super().read_batch(X if hasattr(X, "__len__") else list(X) if X is not None else X)


class DoesNotSayWhich(Tone):
    def read_batch(self, X):
        try:
            return super().read_batch(X)
        except ImageFormatError as error:
            raise ImageFormatError(str(error)) from None


class SeesTheHiddenColor(Tone):
    def image_extractor(self):
        return lambda image: tone(image[..., :3] if image.ndim == 3 else image, 0.0)


class SharedBuffer(Tone):
    buffer = {}

    def transform(self, X):
        self.buffer["images"] = self.checked_batch(X)
        time.sleep(0.002)
        return np.asarray([tone(image, self.background) for image in self.buffer["images"]])


class KeepsStateInTheClass(CenteredTone):
    center = None

    def learn(self, images, y):
        super().learn(images, y)
        type(self).center = self.center_

    def image_extractor(self):
        return lambda image: tone(image, self.background) - (0 if self.center is None else self.center)


class HoldsANativeObject(Tone):
    def learn(self, images, y):
        self.equalizer_ = [cv2.createCLAHE()]

    def __getstate__(self):
        return {name: value for name, value in super().__getstate__().items() if name != "equalizer_"}


class NoPickle(Tone):
    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle")


class LosesStateInPickle(CenteredTone):
    def __reduce_ex__(self, protocol):
        return partial(_with_center_zero, self.background), ()


def _with_center_zero(background):
    fitted = CenteredTone(background=background)
    fitted.center_ = np.zeros(2)
    return fitted


class NoSkops(Tone):
    def learn(self, images, y):
        self.pattern_ = re.compile("tone")


class NumbersAsLabels(CenteredTone):
    def learn(self, images, y):
        np.bincount(y)
        super().learn(images, y)


class IntegerRows(Tone):
    def transform(self, X):
        return np.rint(100 * np.asarray(super().transform(X))).astype(np.int64)


class HalfPrecisionRows(Tone):
    def transform(self, X):
        return np.asarray(super().transform(X)).astype(np.float16)


class UppercaseNames(Tone):
    def feature_names(self):
        return ["toneMaximum", "tone_mean"]


class UnpaddedNames(Tone):
    def image_extractor(self):
        return lambda image: np.repeat(tone(image, self.background), 6)

    def feature_names(self):
        return [f"tone_{index}" for index in range(12)]


class ColumnsOfEachChannel(Tone):
    """The mean of each channel, whatever their number, and always three names."""

    def image_extractor(self):
        return lambda image: np.atleast_3d(to_float(flatten_alpha(image, self.background))).mean(axis=(0, 1)) + 0.0

    def feature_names(self):
        return ["tone_red", "tone_green", "tone_blue"]


class NoContainer(Tone, auto_wrap_output_keys=None):
    pass


class AlwaysAList(Negative):
    def transform(self, X):
        return list(super().transform(X))


class WrappedImages(Negative, auto_wrap_output_keys=("transform",)):
    def transform(self, X):
        return super().transform(X)


class BrightenedByTheHidden(Negative):
    def image_transformer(self):
        def transform(image):
            shown = negative(image)
            if image.ndim == 3 and image.shape[2] == 4:
                shown[0, 0] = image[..., :3].max()
            return shown

        return transform


class UnsortedClasses(NearestTone):
    def fit(self, X, y):
        super().fit(X, y)
        self.classes_, self.tones_ = self.classes_[::-1], self.tones_[::-1]
        return self


LAWLESS = [
    ("check_constructor", ConverterInConstructor),
    ("check_constructor", CacheInConstructor),
    ("check_parameters", OpenEndedConstructor),
    ("check_parameters", ForgottenParameter),
    ("check_parameters", ParameterChangedByFit),
    ("check_parameter_constraints", UndeclaredParameter),
    ("check_parameter_constraints", LooseRange),
    ("check_parameter_constraints", CheckedInFitOnly),
    ("check_tags", TagsOfATable),
    ("check_unfitted", NeedsFitInSecret),
    ("check_unfitted", CrashesUnfitted),
    ("check_unfitted", NamesChangeInFit),
    ("check_repr", NoRepr),
    ("check_fit", FitReturnsNothing),
    ("check_fit", OtherFitTransform),
    ("check_fit_twice", RemembersTheFirstFit),
    ("check_chunks", LessTheBatchMean),
    ("check_chunks", BlockwiseSums),
    ("check_stack_and_list", OtherPathForStacks),
    ("check_input_untouched", WritesIntoTheInput),
    ("check_input_untouched", RefusesReadOnly),
    ("check_input_untouched", TakesArraysOfOneTypeOnly),
    ("check_memory_layout", TrustsTheMemoryOrder),
    ("check_dtypes", RawValues),
    ("check_dtypes", raw_values_in_a_pipeline),
    ("check_dtypes", raw_values_classified),
    ("check_image_kinds", StacksWhatDoesNotStack),
    ("check_masks", NoMasks),
    ("check_sizes", EqualSizesWithoutNeed),
    ("check_sizes", LengthFromTheSize),
    ("check_hard_images", DividesByTheContrast),
    ("check_hard_images", NoSuchCrop),
    ("check_bad_batches", GuessesOneImage),
    ("check_bad_batches", ScalesAnyFloats),
    ("check_bad_batches", TakesGenerators),
    ("check_error_names_image", DoesNotSayWhich),
    ("check_transparent_pixels", SeesTheHiddenColor),
    ("check_transparent_pixels", BrightenedByTheHidden),
    ("check_threads", SharedBuffer),
    ("check_native_handles", HoldsANativeObject),
    ("check_pickle", NoPickle),
    ("check_pickle", LosesStateInPickle),
    ("check_skops", NoSkops),
    ("check_n_jobs", KeepsStateInTheClass),
    ("check_grid_search", NumbersAsLabels),
    ("check_output", IntegerRows),
    ("check_output", HalfPrecisionRows),
    ("check_output", AlwaysAList),
    ("check_feature_names", UppercaseNames),
    ("check_feature_names", UnpaddedNames),
    ("check_feature_names", ColumnsOfEachChannel),
    ("check_set_output", NoContainer),
    ("check_set_output", WrappedImages),
    ("check_classifier", UnsortedClasses),
]


# What breaks the first law cannot keep the second.
FOLLOWS = {"check_pickle": ["check_n_jobs"]}  # the way to another process is a pickle


def failing_checks(estimator):
    failed = []
    for name, check in image_checks(estimator):
        try:
            check(estimator)
        except Exception:
            failed.append(name)
    return failed


@pytest.mark.parametrize(("law", "lawless"), LAWLESS, ids=lambda value: getattr(value, "__name__", value))
def test_exactly_this_check_catches_it(law, lawless):
    assert failing_checks(lawless()) == [law, *FOLLOWS.get(law, [])]


def test_every_law_has_an_estimator_that_breaks_it():
    laws = {*testing.OWN_CLASS, *testing.EVERY_ESTIMATOR, *testing.ANY_TRANSFORMER, *testing.ANY_CLASSIFIER}
    assert {law for law, _ in LAWLESS} == {law.__name__ for law in laws}


def test_no_law_is_left_out():
    for module in (class_laws, input_laws, output_laws):
        laws = {name for name in vars(module) if name.startswith("check_")}
        assert laws <= {law for law, _ in LAWLESS} | {"check_image", "check_images"}


def test_first_broken_law_is_named_in_a_note():
    with pytest.raises(AssertionError, match="two_d_array must be False") as caught:
        check_image_estimator(TagsOfATable())
    law = "The tags say that X is not a table but has three axes or more."
    assert caught.value.__notes__ == [f"check_tags of featkit.testing: {law}"]


def test_what_needs_a_package_is_not_asked_for_where_that_is_not_installed(monkeypatch):
    def installed(package):
        return package not in {"pandas", "polars", "skops"}

    monkeypatch.setattr(output_laws, "find_spec", installed)
    monkeypatch.setattr(class_laws, "find_spec", installed)
    for needed in ("pandas", "polars", "skops"):
        monkeypatch.setitem(sys.modules, needed, None)
    checks = dict(image_checks(Tone()))
    checks["check_set_output"](Tone())
    checks["check_skops"](Tone())


def test_expected_failure_is_let_pass_while_it_fails():
    check_image_estimator(TagsOfATable(), expected_failed_checks={"check_tags": "it reads tables too"})


def test_expected_failure_that_passes_is_an_error():
    with pytest.raises(AssertionError, match="check_tags passes, but was expected to fail: it reads tables too"):
        check_image_estimator(Tone(), expected_failed_checks={"check_tags": "it reads tables too"})


def test_expected_failure_must_name_a_check_that_applies():
    with pytest.raises(ValueError, match="got \\['check_classifier'\\]"):
        check_image_estimator(Tone(), expected_failed_checks={"check_classifier": "it is none"})


def test_own_images_reach_the_checks():
    class NeedsRoom(Tone):
        def learn(self, images, y):
            assert min(len(image) for image in images) > 60

    with pytest.raises(AssertionError):
        dict(image_checks(NeedsRoom()))["check_fit"](NeedsRoom())
    dict(image_checks(NeedsRoom(), images=check_pictures(height=64)))["check_fit"](NeedsRoom())


def test_gray_images_of_ones_own():
    check_image_estimator(Tone(), images=check_pictures()[..., 1])


def test_labels_of_ones_own():
    check_image_estimator(NearestTone(), y=["b", "a"] * 4)


def test_estimator_itself_is_left_alone():
    estimator = CenteredTone(background=0.2)
    check_image_estimator(estimator)
    assert vars(estimator) == {"background": 0.2}


def test_checks_that_apply_follow_from_what_the_estimator_does():
    names = {kind: {name for name, _ in image_checks(estimator)} for kind, estimator in KINDS.items()}
    assert names["rows"] - names["rows in a pipeline"] == {check.__name__ for check in testing.OWN_CLASS}
    assert names["rows"] == names["images"]
    assert names["classifier"] - names["rows"] == {"check_classifier"}
    assert names["rows"] - names["classifier"] == {"check_output", "check_feature_names", "check_set_output"}


KINDS = {
    "rows": Tone(),
    "images": Negative(),
    "classifier": NearestTone(),
    "rows in a pipeline": make_pipeline(Negative(), Tone()),
}


def test_parametrized_cases_are_named_after_estimator_and_check():
    mark = parametrize_with_image_checks([Tone()], expected_failed_checks=lambda _: {"check_tags": "a reason"})
    cases = {case.id: case.values for case in mark.args[1]}
    estimator, check = cases["Tone-check_tags"]
    with pytest.raises(AssertionError, match="a reason"):
        check(estimator)


def test_images_have_texture_colour_and_two_kinds():
    pictures = check_pictures(4, height=40, width=44)
    assert pictures.shape == (4, 40, 44, 3)
    assert pictures.dtype == np.uint8
    assert np.array_equal(pictures, check_pictures(4, height=40, width=44))
    assert all(np.unique(to_gray(picture)).size > 50 for picture in pictures)
    assert all(np.ptp(picture.astype(int), axis=2).max() > 20 for picture in pictures)
