"""What is split off a candidate: the first steps that learn nothing, and no others."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import SVC

from featkit import HOG, BagOfVisualWords, ColorMatcher, ColorMoments, ContrastStretcher, RawPixels, Resizer
from featkit.base import FeatureExtractor, ImageTransformer
from featkit.evaluation.benchmarking.cached_features._split import learns_nothing, split_candidate

IMAGES, LABELS = np.random.default_rng(0).random((12, 16, 16, 3)), np.arange(12) % 2

IMPUTED = make_pipeline(ColorMoments(), SimpleImputer())


@pytest.mark.parametrize(
    ("features", "n_tables"),
    [
        (RawPixels(), 1),
        (make_pipeline(ContrastStretcher(), Resizer(height=8, width=8), RawPixels()), 1),
        (make_union(RawPixels(), ColorMoments()), 2),
        (
            make_pipeline(ContrastStretcher(), make_union(RawPixels(), make_pipeline(ColorMoments(), SimpleImputer()))),
            2,
        ),
        (make_union(RawPixels(), make_pipeline(ColorMatcher(), ColorMoments())), 1),
        (make_union(RawPixels(), make_union(ColorMoments(), BagOfVisualWords(n_words=3, cell_size=4))), 2),
    ],
    ids=["extractor", "pipeline", "union", "imputer", "matcher", "words"],
)
def test_both_parts_together_are_the_candidate(features, n_tables):
    candidate = make_pipeline(features, make_pipeline(SVC()))
    split = split_candidate(candidate)
    assert split.n_tables == n_tables
    split.shown.images = IMAGES
    split.shown.tables, seconds = split.fit(IMAGES[:1]).describe(IMAGES)
    rest = clone(split.model).fit(np.arange(8), LABELS[:8])
    whole = candidate.fit(IMAGES[:8], LABELS[:8])
    assert (rest.decision_function(np.arange(12)) == whole.decision_function(IMAGES)).all()
    assert seconds["feature_ms"] > 0


@pytest.mark.parametrize(
    "candidate",
    [
        SVC(),
        make_pipeline(BagOfVisualWords(), SVC()),
        make_pipeline(ColorMatcher(), RawPixels(), SVC()),
        GridSearchCV(make_pipeline(RawPixels(), SVC()), {"svc__C": [1]}),
        make_pipeline(make_union(RawPixels(), ColorMoments()).set_output(transform="pandas"), SVC()),
        make_pipeline(
            ContrastStretcher(),
            make_union(RawPixels(), BagOfVisualWords(n_words=3), make_pipeline(ColorMatcher(), ColorMoments())),
            SVC(),
        ),
    ],
    ids=["no features", "words", "matcher", "search", "pandas", "steps that two branches would repeat"],
)
def test_what_gains_nothing_is_left_whole(candidate):
    assert split_candidate(candidate) is None


def test_what_learns_nothing_is_what_the_tags_say():
    assert learns_nothing(HOG(), FeatureExtractor)
    assert learns_nothing(Resizer(), ImageTransformer)
    assert not learns_nothing(HOG(), ImageTransformer)
    assert not learns_nothing(ColorMatcher(), ImageTransformer)
    assert not learns_nothing(BagOfVisualWords(), FeatureExtractor)
    assert not learns_nothing(SimpleImputer(), FeatureExtractor)
    assert not learns_nothing(RawPixels().set_output(transform="pandas"), FeatureExtractor)
    assert not learns_nothing("passthrough", FeatureExtractor)


def test_steps_are_copies_and_the_candidate_stays_as_it_was():
    candidate = make_pipeline(Resizer(height=4, width=4), RawPixels(), SVC())
    split_candidate(candidate).fit(IMAGES)
    assert not [name for step in candidate for name in vars(step) if name.endswith("_") and not name.startswith("_")]


class Noting(ImageTransformer):
    """Notes how many images it was given."""

    seen: list = []

    def image_transformer(self):
        def noted(image):
            Noting.seen.append(image.shape)
            return 1 - image

        return noted


def test_what_candidates_do_alike_to_the_same_images_is_done_once():
    models = [
        make_pipeline(Noting(), features, SVC())
        for features in (RawPixels(), make_union(ColorMoments(), make_pipeline(ContrastStretcher(), RawPixels())))
    ]
    splits = [split_candidate(model).fit(IMAGES[:1]) for model in models]
    Noting.seen.clear()
    shared = {}
    (first, of_first), (second, of_second) = (split.describe(IMAGES, shared) for split in splits)
    assert len(Noting.seen) == 12
    assert of_first["preprocess_ms"] == of_second["preprocess_ms"] > 0
    for split, tables in zip(splits, (first, second), strict=True):
        assert all((one == other).all() for one, other in zip(tables, split.describe(IMAGES)[0], strict=True))
    other = split_candidate(make_pipeline(Noting(), Resizer(height=4, width=4), RawPixels(), SVC())).fit(IMAGES[:1])
    assert other.describe(IMAGES, shared)[0][0].shape == (12, 48)
