"""What `featkit benchmark` compares on images of 128 x 128: features by name, and raw pixels at 32 x 32."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import FeatureUnion, Pipeline

    from ...features.binary_patterns.local_binary_pattern import LocalBinaryPattern
    from ...features.color.color_histogram import ColorHistogram
    from ...features.color.color_moments import ColorMoments
    from ...features.gradients.hog import HOG
    from ...features.local.visual_words import BagOfVisualWords


def small_baselines(images: "np.ndarray", task: str, quick: bool) -> "dict[str, Pipeline]":
    """Raw pixels at 32 x 32: where they do best, and fit in time; when it has to be quick, with one perceptron."""
    from sklearn.pipeline import make_pipeline

    from ...evaluation.baselines import raw_pixel_baselines
    from ...preprocessing.geometry.resize import Resizer

    baselines = raw_pixel_baselines(images, task=task)
    if quick:
        name, search = baselines["raw pixels + MLP"].steps.pop()
        perceptron = search.estimator.set_params(
            **{setting: values[0] for setting, values in search.param_grid.items()}
        )
        baselines["raw pixels + MLP"].steps.append((name, perceptron))
    return {name: make_pipeline(Resizer(height=32, width=32), baseline) for name, baseline in baselines.items()}


def gradients() -> "HOG":
    """HOG in cells of 16 x 16."""
    from ...features.gradients.hog import HOG

    return HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear")


def _color_histogram() -> "ColorHistogram":
    from ...features.color.color_histogram import ColorHistogram

    return ColorHistogram(space="hsv")


def _color_moments() -> "ColorMoments":
    from ...features.color.color_moments import ColorMoments

    return ColorMoments()


def _patterns() -> "LocalBinaryPattern":
    from ...features.binary_patterns.local_binary_pattern import LocalBinaryPattern

    return LocalBinaryPattern(method="nri_uniform", grid=(4, 4))


def _gradients_and_color() -> "FeatureUnion":
    from sklearn.pipeline import make_union

    return make_union(gradients(), _color_histogram())


def _texture() -> "FeatureUnion":
    from sklearn.pipeline import make_union

    from ...features.binary_patterns.local_binary_pattern import LocalBinaryPattern
    from ...features.frequency.gabor import GaborBank
    from ...features.texture.haralick import Haralick

    return make_union(Haralick(), GaborBank(), LocalBinaryPattern())


def _visual_words() -> "BagOfVisualWords":
    from ...features.local.visual_words import BagOfVisualWords

    return BagOfVisualWords(n_words=100, cell_size=8, pyramid=(1, 2))


def _foreground() -> "Pipeline":
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline, make_union

    from ...features.shape.region_measurements import RegionMeasurements
    from ...preprocessing.foreground.background import BackgroundRemover
    from ...preprocessing.geometry.crop import ForegroundCropper

    described = make_pipeline(ForegroundCropper(height=128, width=128), make_union(gradients(), _color_histogram()))
    return make_pipeline(
        BackgroundRemover(),
        make_union(make_pipeline(RegionMeasurements(), SimpleImputer(keep_empty_features=True)), described),
    )


def _foreground_texture() -> "Pipeline":
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline, make_union

    from ...features.binary_patterns.local_binary_pattern import LocalBinaryPattern
    from ...features.texture.haralick import Haralick
    from ...preprocessing.foreground.background import BackgroundRemover
    from ...preprocessing.light.illumination import IlluminationFlattener

    return make_pipeline(
        BackgroundRemover(),
        IlluminationFlattener(method="self-quotient"),
        make_union(Haralick(), LocalBinaryPattern()),
        SimpleImputer(keep_empty_features=True),
    )


def _all_families() -> "FeatureUnion":
    from sklearn.pipeline import make_union

    return make_union(_foreground(), gradients(), _color_histogram(), _color_moments(), _texture(), _visual_words())


CANDIDATES: dict[str, Callable[[], "BaseEstimator"]] = {
    "colour histogram": _color_histogram,
    "colour moments": _color_moments,
    "local binary patterns": _patterns,
    "texture": _texture,
    "HOG": gradients,
    "HOG + colour": _gradients_and_color,
    "visual words": _visual_words,
    "foreground": _foreground,
    "foreground texture": _foreground_texture,
    "all families": _all_families,
}
SLOW = "all families"  # it costs as much as all others together


def chosen_candidates(options: argparse.Namespace, task: str) -> "dict[str, BaseEstimator]":
    """The candidates that the options ask for, by name."""
    from importlib.util import find_spec

    by_default = [name for name in CANDIDATES if not (options.quick and name == SLOW)]
    wanted = by_default if options.candidates is None else _names_in(options.candidates)
    candidates = {name: CANDIDATES[name]() for name in wanted}
    if options.network and task != "classification":
        raise ValueError(f"Expected --network with classes, got labels for {task}: LeNet-5 tells classes apart.")
    if options.network and find_spec("torch"):
        from ...evaluation.lenet import lenet5

        candidates["LeNet-5"] = lenet5()
    if options.network_file:
        candidates["network"] = _network(options, task)
    return candidates


def _names_in(text: str) -> list[str]:
    by_lower_case = {name.lower(): name for name in CANDIDATES}
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word.lower() not in by_lower_case]
    if unknown or not words:
        raise ValueError(
            f"Expected --candidates to name some of {', '.join(map(repr, CANDIDATES))}, separated by commas, "
            f"got {', '.join(unknown) or 'none'}."
        )
    return list(dict.fromkeys(by_lower_case[word.lower()] for word in words))


def _network(options: argparse.Namespace, task: str) -> "Pipeline":
    """Embedding of the user's network with logistic (ridge) regression, what deep features are mostly used with."""
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from ...features.network.onnx_embedding import ONNXEmbedding
    from ...preprocessing.geometry.resize import Resizer

    given = {"mean": options.network_mean, "std": options.network_std}
    embedding = ONNXEmbedding(
        path=options.network_file, **{name: value for name, value in given.items() if value is not None}
    )
    side = options.network_size
    learner = LogisticRegression(C=0.1, max_iter=1000)
    if task != "classification":
        learner = OneVsRestClassifier(learner) if task == "multilabel" else RidgeCV([1, 10, 100, 1000, 10000])
    return make_pipeline(Resizer(height=side, width=side), embedding, StandardScaler(), learner)
