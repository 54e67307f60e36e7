"""Every public estimator of featkit obeys every law of `featkit.testing`, but for the table of exceptions below."""

import inspect
import re
import tempfile
from collections import Counter

import numpy as np
import pytest
from sklearn.base import BaseEstimator, MetaEstimatorMixin, is_regressor
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

import featkit
from featkit.testing import check_pictures, image_checks, parametrize_with_image_checks
from featkit.testing._output_laws import check_threads
from tests.networks import write_network

BASES = {"FeatureExtractor", "ImageTransformer"}

NETWORKS = tempfile.TemporaryDirectory()

# What an estimator is made with here: arguments without a default, and small sizes where the default is slow.
SIZE = {"height": 32, "width": 40}  # for all that ask for a size
ARGUMENTS = {
    "ChunkedTransformer": {"transformer": featkit.ColorMoments(), "chunk_size": 3, "n_jobs": 2},
    "ColorCardCorrector": {"on_failure": "keep"},  # no card in the images
    "PerspectiveRectifier": {"on_failure": "blank"},  # no sheet in the images
    "FaceAligner": {"landmarks": featkit.FaceLandmarks(search=False), "on_failure": "keep"},  # no face in the images
    "FaceLandmarks": {"search": False},
    "LandmarkDescriptors": {"landmarks": featkit.FaceLandmarks(search=False), "eye_distances": (16,)},
    "ONNXEmbedding": {"path": str(write_network(f"{NETWORKS.name}/network.onnx"))},
    "ForegroundClassifier": {"classifier": make_pipeline(StandardScaler(), LogisticRegression(max_iter=30, tol=0.1))},
    "WhitenedPatches": {"n_words": 30, "max_patches": 3000},
    "ONNXSegmenter": {"path": str(write_network(f"{NETWORKS.name}/maps.onnx", pooled=False))},
    "LandmarkPredictor": {"n_stages": 2, "n_starts": 2, "random_state": 0},
    "AugmentedClassifier": {
        "estimator": make_pipeline(featkit.RawPixels(), KNeighborsClassifier(1)),
        "corruption": featkit.Corrupter(kind="brightness"),
        "n_augmented": 1,
    },
}

# (estimator, check): why the law does not hold. A check listed here must fail.
EXCEPTIONS = {
    ("ForegroundClassifier", "check_grid_search"): "learns from masks, and this check gives words for labels",
    ("ObjectTable", "check_hard_images"): "a row is an object, so that an image without objects has none",
    **{
        ("ColorCardCorrector", check): "colours that stay uncorrected are warned of, and these checks allow no warning"
        for check in ("check_hard_images", "check_image_kinds", "check_sizes")
    },
    ("ChunkedTransformer", "check_bad_batches"): "fit looks at the first image only, so that it opens one file of many",
    ("HOG", "check_dtypes"): "equal to scikit-image, where the rounding of floats breaks ties between colour channels",
}


def public_estimators():
    for name in sorted(set(featkit.__all__) - BASES):
        item = getattr(featkit, name)
        if inspect.isclass(item) and issubclass(item, BaseEstimator):
            parameters = inspect.signature(item).parameters.values()
            size = {p.name: SIZE[p.name] for p in parameters if p.name in SIZE and p.default is p.empty}
            yield item(**size | ARGUMENTS.get(name, {}))


def exceptions_of(estimator):
    kind = type(estimator).__name__
    return {check: reason for (name, check), reason in EXCEPTIONS.items() if name == kind}


ESTIMATORS = list(public_estimators())
STEPS = [estimator for estimator in ESTIMATORS if not isinstance(estimator, MetaEstimatorMixin)]
by_name = pytest.mark.parametrize("estimator", STEPS, ids=lambda estimator: type(estimator).__name__)


IMAGE_ESTIMATORS = [estimator for estimator in ESTIMATORS if get_tags(estimator).input_tags.three_d_array]
TABLE_ESTIMATORS = [estimator for estimator in ESTIMATORS if get_tags(estimator).input_tags.two_d_array]
LEARNING_FROM_MASKS = [
    estimator for estimator in IMAGE_ESTIMATORS if type(estimator).__name__ == "ForegroundClassifier"
]
MASKS = np.stack([picture[..., 0] > np.median(picture[..., 0]) for picture in check_pictures()])
REGRESSORS = [estimator for estimator in IMAGE_ESTIMATORS if is_regressor(estimator)]
POINTS = np.random.default_rng(0).uniform(10, 40, (len(check_pictures()), 6))  # for regressors of landmarks


@parametrize_with_image_checks(
    [estimator for estimator in IMAGE_ESTIMATORS if estimator not in [*REGRESSORS, *LEARNING_FROM_MASKS]],
    expected_failed_checks=exceptions_of,
)
def test_law(estimator, check):
    check(estimator)


@parametrize_with_image_checks(REGRESSORS, y=POINTS, expected_failed_checks=exceptions_of)
def test_law_of_regressors(estimator, check):
    check(estimator)


@parametrize_with_image_checks(LEARNING_FROM_MASKS, y=MASKS, expected_failed_checks=exceptions_of)
def test_law_of_what_learns_from_masks(estimator, check):
    check(estimator)


class ColumnsAsPoints:
    """Reads a table of any width as points, for scikit-learn's checks do not care how many columns a shape has."""

    def _read_landmarks(self, X, *, reset, n_points=None):
        X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        point = np.arange(n_points or X.shape[1] + 2)
        rows = X[:, point % X.shape[1]]
        return np.stack([rows + point, 0 * rows + point**2 % 7], axis=2)


class ExpressionGeometryOfAnyWidth(ColumnsAsPoints, featkit.ExpressionGeometry):
    pass


class LandmarkGeometryOfAnyWidth(ColumnsAsPoints, featkit.LandmarkGeometry):
    pass


class ProcrustesAlignerOfAnyWidth(ColumnsAsPoints, featkit.ProcrustesAligner):
    pass


class PairFeaturesOfAnyWidth(featkit.PairFeatures):
    def _halves(self, X, *, reset):
        X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        return X, X[:, ::-1]


OF_ANY_WIDTH = {
    featkit.ExpressionGeometry: ExpressionGeometryOfAnyWidth,
    featkit.LandmarkGeometry: LandmarkGeometryOfAnyWidth,
    featkit.PairFeatures: PairFeaturesOfAnyWidth,
    featkit.ProcrustesAligner: ProcrustesAlignerOfAnyWidth,
}


@parametrize_with_checks([OF_ANY_WIDTH.get(type(estimator), type(estimator))() for estimator in TABLE_ESTIMATORS])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_law_of_tables(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", TABLE_ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
def test_threads_share_an_estimator_of_tables(estimator):
    shapes = np.random.default_rng(0).uniform(0, 50, (16, 2 * 68))
    check_threads(estimator, shapes, np.arange(16) % 2)


def test_every_estimator_takes_images_or_tables():
    others = {type(each) for each in ESTIMATORS if each not in (*IMAGE_ESTIMATORS, *TABLE_ESTIMATORS)}
    assert others == {featkit.FaceMatcher}  # it takes descriptions of faces


def test_tables_speak_of_estimators_that_exist():
    known = {type(estimator).__name__ for estimator in ESTIMATORS}
    assert set(ARGUMENTS) <= known
    assert {name for name, _ in EXCEPTIONS} <= known


COMPOSITIONS = [
    make_pipeline(featkit.ImageReader(), featkit.Resizer(**SIZE), featkit.HOG()),
    make_pipeline(featkit.Resizer(**SIZE), make_union(featkit.HOG(), featkit.LocalBinaryPattern())),
    make_pipeline(featkit.ImageReader(), featkit.Resizer(**SIZE)),
    make_pipeline(featkit.LocalBinaryPattern(), StandardScaler(), PCA(2)),
    make_pipeline(featkit.Resizer(**SIZE), featkit.HOG(), LogisticRegression(max_iter=1000)),
]


@parametrize_with_image_checks(COMPOSITIONS)
def test_law_holds_for_a_composition(estimator, check):
    check(estimator)


@by_name
def test_constructor_takes_keywords_only(estimator):
    parameters = list(inspect.signature(type(estimator)).parameters.values())
    assert [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY] == []


@by_name
def test_every_parameter_is_declared_and_documented(estimator):
    kind = type(estimator)
    assert set(estimator._parameter_constraints) == set(estimator.get_params(deep=False))
    documented = set(re.findall(r"\w+", " ".join(re.findall("^(.*) : ", inspect.getdoc(kind), re.MULTILINE))))
    assert set(estimator.get_params(deep=False)) <= documented
    assert ">>> " in inspect.getdoc(kind)


@by_name
def test_class_name_has_no_suffix(estimator):
    assert not type(estimator).__name__.endswith(("Transformer", "Extractor"))


def test_feature_names_are_unique_over_all_extractors():
    pictures = check_pictures()
    y = np.arange(len(pictures)) % 2
    owners = Counter()
    for estimator in ESTIMATORS:
        if isinstance(estimator, featkit.FeatureExtractor):
            owners.update(estimator.fit(pictures, y).get_feature_names_out())
    assert [name for name, count in owners.items() if count > 1] == []


def test_checks_apply_to_every_estimator():
    for estimator in IMAGE_ESTIMATORS:
        assert len(image_checks(estimator)) >= 20
