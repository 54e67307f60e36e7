"""Segmentation learnt from a few masks or scribbles: `ForegroundClassifier`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from ...base._foreground_predictor import ForegroundPredictor
from ...exceptions import ImageFormatError, shown
from ...image.alpha import flatten_alpha
from ...image.batches import apply_to_each, stack_if_equal
from ...image.checks import Image, Images
from ...image.gray_levels import spread_found
from ...parameters import HasMethods, InvalidParameterError
from ._paper_objects import PaperObjects, cover_of_objects, describe_paper_objects, models_of_objects, places_of_objects
from ._superpixel_features import Superpixels, describe_superpixels, with_context
from ._superpixel_labels import (
    UNKNOWN,
    cover_of_superpixels,
    cut_classes,
    is_right_more_often,
    overlap_of_class,
    overlap_of_cover,
    pixels_of_classes,
    targets,
    training_masks,
)
from .segmentation import SEED, full_lab, small_lab

LEAVE_ONE_OUT = 10  # images up to which each is left out by itself
N_FOLDS = 5
BIASES = (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5)
SMOOTHNESS = (0.02, 0.06, 0.15)
BOOSTING: dict[str, Any] = {"max_iter": 100, "learning_rate": 0.08, "max_leaf_nodes": 15, "min_samples_leaf": 10}
BOOSTING |= {"l2_regularization": 1.0, "max_features": 0.3, "max_bins": 63, "early_stopping": False}
LEAST_SIDE = 200  # pixels, of half of the images: on smaller ones the shape of an object tells little
WHOLE = 0.95  # overlap of masks with whole objects from which on they are made of them
COPIES_OF_OBJECTS = 10  # in the rows learnt from, so that a leaf of ten rows may hold one object


class ForegroundClassifier(ForegroundPredictor):
    """Trainable segmentation: foreground learnt from a few masks or scribbles, written into the alpha channel.

    Every image is cut into superpixels, which are described by colour, texture, position and contrast in themselves
    and beside their surroundings. A classifier learns from the masks which are foreground; a second one sees, besides,
    what the first says of the surroundings; a graph cut smooths the result and a guided filter brings it to the pixel.
    Where images show an even surface, whole objects on it are classified as well, by size, shape, colour and likeness
    to a coin, and kept instead if that is right more often on images left out; where the masks are made of whole
    objects, unless it is right less often by more than two standard errors.

    Parameters
    ----------
    classifier : estimator with fit and predict_proba or None, default=None
        Any classifier of scikit-learn, which is cloned. None is gradient boosting of histograms
        (``HistGradientBoostingClassifier`` with 100 trees of 15 leaves); for objects its mean with logistic regression,
        beside which a third, of size and likeness to a coin alone, weighs more, unless images left out contradict it.
    foreground : sequence of int or None, default=None
        Labels that are foreground, where the masks hold several; None is every label but 0.
    random_state : int, default=0
        Seed of the default classifier.

    Attributes
    ----------
    classes_ : int ndarray (n_classes,)
        Labels in the masks, ascending, without -1.
    score_ : float
        Intersection over union to be expected on other images of the kind: mean over the images learnt from, each cut
        by what was learnt without it. From eleven images on they are left out in five groups.
    image_scores_ : float64 ndarray (n_images,)
        The same of each image. NaN where nothing of the image is known.
    class_scores_ : float64 ndarray (n_classes,)
        The same of each class, over the pixels of all images.
    unit_ : {"superpixel", "object"}
        What is classified: superpixels or, in images of 200 pixels and more, objects on an even surface.
    ground_ : int
        Label of what lies between objects; used where they are classified.
    classifiers_ : list of estimators
        Both classifiers of superpixels, or those of objects, whose mean decides (a third weighs three times as much).
    bias_, smoothness_ : float
        What is added to the log-odds of the foreground (0 for more than two classes), and the weight of the smoothing,
        as they were best on images left out; not used for objects.

    Raises
    ------
    ImageFormatError
        When there is not one mask for each image, a mask is of another size or kind, fewer than two images came, or
        the masks hold fewer than two classes.

    See Also
    --------
    BackgroundRemover : Takes it as ``mask``, to choose components and soften edges; untaught methods.
    featkit.objects.find_objects : Finds the objects in the foreground that it writes.

    Notes
    -----
    Masks are given to `fit` in the place of labels, one for each image and of its size: bool; 0 and 255; or whole
    numbers, 0 being background, other numbers classes (leaf, stem, paper) and -1 unknown, so that scribbles and partly
    drawn masks will do. Numbers of single objects are no classes: give ``labels > 0``.

    Three to fifty masks are meant. Images may differ in size; they are looked at in a copy of 200 pixels and about 300
    superpixels, so that what is smaller than a superpixel is seen as part of its surroundings, unless it lies on an
    even surface such as paper: there objects are cut out to the pixel, and which of them are foreground (the leaves,
    not the coin) is what is learnt. Transparent pixels count as black and stay background.
    `score_` is a little too good, since bias and smoothness are chosen by it.

    In cross-validation scikit-learn clones what a parameter holds, which forgets what was learnt: freeze it,
    ``BackgroundRemover(mask=FrozenEstimator(taught))``.

    References
    ----------
    I. Arganda-Carreras et al., "Trainable Weka Segmentation", Bioinformatics 33(15), 2017,
    doi:10.1093/bioinformatics/btx180; S. Berg et al., "ilastik: interactive machine learning for (bio)image
    analysis", Nature Methods 16, 2019, doi:10.1038/s41592-019-0582-9; Z. Tu, X. Bai, "Auto-context", IEEE TPAMI
    32(10), 2010, doi:10.1109/TPAMI.2009.186.

    Examples
    --------
    >>> from featkit import ForegroundClassifier, foreground_mask
    >>> from featkit.datasets import make_sheets
    >>> sheets = make_sheets(4, scale="none", height=300, width=400, random_state=0)
    >>> taught = ForegroundClassifier().fit(sheets.images[:3], sheets.labels[:3] > 0)
    >>> found, truth = taught.predict(sheets.images[3:])[0], sheets.labels[3] > 0
    >>> bool((found & truth).sum() / (found | truth).sum() > 0.9)
    True
    >>> bool((foreground_mask(taught.transform(sheets.images[3:])[0]) == found).all())
    True
    """

    parameter_constraints = {
        "classifier": [HasMethods(["fit", "predict_proba"]), None],
        "foreground": ["array-like", None],
        "random_state": [SEED],
    }
    requires_fit = True

    def __init__(
        self,
        *,
        classifier: BaseEstimator | None = None,
        foreground: Sequence[int] | None = None,
        random_state: int = 0,
    ) -> None:
        self.classifier = classifier
        self.foreground = foreground
        self.random_state = random_state

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        masks = training_masks(images, y)
        self.classes_ = np.unique(np.concatenate([np.unique(mask) for mask in masks]))
        self.classes_ = self.classes_[self.classes_ != UNKNOWN]
        self._check_foreground()
        superpixels = apply_to_each(_superpixels, images)
        covers = [cover_of_superpixels(mask, self.classes_, one) for mask, one in zip(masks, superpixels)]
        features = [one.features for one in superpixels]
        n_folds = len(features) if len(features) <= LEAVE_ONE_OUT else N_FOLDS
        boosting = HistGradientBoostingClassifier(**BOOSTING, random_state=self.random_state)
        model = boosting if self.classifier is None else self.classifier
        first, before = self._learn_and_judge(features, covers, n_folds, model)
        features = [with_context(one, known) for one, known in zip(superpixels, before)]
        second, left_out = self._learn_and_judge(features, covers, n_folds, model)
        self.classifiers_, self.unit_, self.ground_ = [first, second], "superpixel", int(self.classes_[0])
        self._choose_cut(superpixels, left_out, covers)
        models = models_of_objects(boosting) if self.classifier is None else [model]
        self._try_objects(images, masks, n_folds, models)

    def _check_foreground(self) -> None:
        if len(self.classes_) < 2:
            raise ImageFormatError(
                f"Expected masks with at least two classes, such as 0 (background) and 1, got {self.classes_.tolist()} "
                "in all of them together."
            )
        if self.foreground is not None and not set(np.ravel(self.foreground)) <= set(self.classes_):
            raise InvalidParameterError(
                f"The 'foreground' parameter of ForegroundClassifier must be of the labels {self.classes_.tolist()} in "
                f"the masks, got {shown(self.foreground)}."
            )
        if self._is_foreground().all() or not self._is_foreground().any():
            raise InvalidParameterError(
                f"The 'foreground' parameter of ForegroundClassifier must be some of the labels "
                f"{self.classes_.tolist()} in the masks, not all or none, got {shown(self.foreground)}."
            )

    def _is_foreground(self) -> np.ndarray:
        """Whether each class is foreground: bool (n_classes,)."""
        return self.classes_ != 0 if self.foreground is None else np.isin(self.classes_, self.foreground)

    def _learned(self, features: list[np.ndarray], covers: list[np.ndarray], model: Any) -> Any:
        place, is_clear = targets(np.concatenate(covers))
        rows, place = np.concatenate(features)[is_clear], place[is_clear]
        is_one = len(np.unique(place)) < 2
        return (DummyClassifier(strategy="prior") if is_one else clone(model)).fit(rows, place)

    def _probability(self, classifier: Any, features: np.ndarray) -> np.ndarray:
        probability = np.zeros((len(features), len(self.classes_)))
        if len(features):
            probability[:, classifier.classes_] = classifier.predict_proba(features)
        return probability

    def _learn_and_judge(
        self, features: list[np.ndarray], covers: list[np.ndarray], n_folds: int, model: Any
    ) -> tuple[Any, list[np.ndarray]]:
        """A classifier of all images, and the probabilities in each image by one of the images in other folds."""
        of_fold = []
        for fold in range(n_folds):
            others = [index for index in range(len(features)) if index % n_folds != fold]
            of_fold.append(self._learned([features[i] for i in others], [covers[i] for i in others], model))
        left_out = [self._probability(of_fold[index % n_folds], rows) for index, rows in enumerate(features)]
        return self._learned(features, covers, model), left_out

    def _choose_cut(self, superpixels: list[Superpixels], left_out: list[np.ndarray], covers: list[np.ndarray]) -> None:
        self.image_scores_ = np.full(len(covers), -1.0)
        for smoothness in SMOOTHNESS:
            for bias in BIASES if len(self.classes_) == 2 else (0.0,):
                turned = bias if self._is_foreground()[-1] else -bias
                places = [
                    cut_classes(one, probability, turned, smoothness) for one, probability in zip(superpixels, left_out)
                ]
                if self._is_better(places, covers):
                    self.bias_, self.smoothness_ = turned, smoothness

    def _scores_of(self, places: list[np.ndarray], covers: list[np.ndarray]) -> np.ndarray:
        """Intersection over union of the foreground of every image."""
        is_foreground = self._is_foreground()
        sides = [np.stack([cover[:, ~is_foreground].sum(1), cover[:, is_foreground].sum(1)], 1) for cover in covers]
        return np.array([overlap_of_cover(is_foreground[place], side) for place, side in zip(places, sides)])

    def _is_better(self, places: list[np.ndarray], covers: list[np.ndarray], in_doubt: bool = False) -> bool:
        """Whether classes found on images left out are right more often than those before; if so, take the scores."""
        scores = self._scores_of(places, covers)
        if not is_right_more_often(scores, self.image_scores_, in_doubt):
            return False
        self.score_, self.image_scores_ = float(np.nanmean(scores)), scores
        place, cover = np.concatenate(places), np.concatenate(covers)
        self.class_scores_ = np.array([overlap_of_class(place, cover, one) for one in range(len(self.classes_))])
        return True

    def _try_objects(
        self, images: np.ndarray | list[Image], masks: list[np.ndarray], n_folds: int, models: list[Any]
    ) -> None:
        """Classify what lies on an even surface instead of superpixels; in doubt, where masks are of whole objects."""
        objects = apply_to_each(_paper_objects, images)
        covers = [cover_of_objects(mask, self.classes_, one) for mask, one in zip(masks, objects)]
        known = {index % n_folds for index, cover in enumerate(covers) if cover[1:].any()}
        ground = int(np.sum([cover[0] for cover in covers], axis=0).argmax())
        is_small = np.median([min(mask.shape) for mask in masks]) < LEAST_SIDE
        if is_small or len(known) < 2:  # each image is judged by what others teach
            return
        features = [np.repeat(one.features, COPIES_OF_OBJECTS, axis=0) for one in objects]
        copies = [np.repeat(cover[1:], COPIES_OF_OBJECTS, axis=0) for cover in covers]
        learned, left_out = zip(*(self._learn_and_judge(features, copies, n_folds, one) for one in models))
        whole = [np.append(ground, cover[1:].argmax(axis=1)) for cover in covers]
        in_doubt = bool(np.nanmean(self._scores_of(whole, covers)) >= WHOLE)
        likely = [[of_model[::COPIES_OF_OBJECTS] for of_model in of_image] for of_image in zip(*left_out)]
        of_two, of_all = ([places_of_objects(one[:n], ground) for one in likely] for n in (2, len(models)))
        two, three = self._scores_of(of_two, covers), self._scores_of(of_all, covers)
        is_worse = not (np.array_equal(two, three, equal_nan=True) or is_right_more_often(three, two, in_doubt=True))
        if self._is_better(of_two if is_worse else of_all, covers, in_doubt):
            kept = learned[:2] if is_worse else learned
            self.classifiers_, self.unit_, self.ground_ = list(kept), "object", int(self.classes_[ground])

    def _labeler(self) -> Callable[[Image], np.ndarray]:
        """The function image -> place of the class of every pixel."""
        if self.unit_ == "object":
            return self._labeler_of_objects()
        first, second = self.classifiers_

        def label(image: Image) -> np.ndarray:
            one = _superpixels(image)
            features = with_context(one, self._probability(first, one.features))
            place = cut_classes(one, self._probability(second, features), self.bias_, self.smoothness_)
            return pixels_of_classes(one, place, full_lab(_opaque(image)), len(self.classes_))

        return label

    def _labeler_of_objects(self) -> Callable[[Image], np.ndarray]:
        ground = int(np.searchsorted(self.classes_, self.ground_))

        def label(image: Image) -> np.ndarray:
            one = _paper_objects(image)
            likely = [self._probability(classifier, one.features) for classifier in self.classifiers_]
            return places_of_objects(likely, ground)[one.labels]

        return label

    def _mask_of_all(self) -> Callable[[Image], np.ndarray]:
        label, is_foreground = self._labeler(), self._is_foreground()
        return lambda image: is_foreground[label(image)]

    def predict_labels(self, X: Images) -> Any:
        """Find the class of every pixel.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        labels : int ndarray (n_images, height, width) or list of int ndarray (height, width)
            Of `classes_`.
        """
        images, label = self.checked_batch(X), self._labeler()
        return stack_if_equal(apply_to_each(lambda image: self.classes_[label(image)], images), len(images))


def _opaque(image: Image) -> Image:
    return spread_found(flatten_alpha(image, 0.0), 14)


def _superpixels(image: Image) -> Superpixels:
    return describe_superpixels(small_lab(_opaque(image)))


def _paper_objects(image: Image) -> PaperObjects:
    color = _opaque(image)
    return describe_paper_objects(color, full_lab(color))
