"""Bag of visual words: a codebook of local descriptors learnt in fit, each image a histogram of its words."""

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import MiniBatchKMeans
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if

from ...base._callbacks import CallbackSupportMixin, reported_tasks
from ...base.feature_extractor import FeatureExtractor
from ...exceptions import SubjectNotFoundError
from ...image.checks import Image, Images
from ...parameters import COUNT, StrOptions, check_distinct
from .._clustering import single_thread
from .._names import padded_numbers
from .encodings import fisher_vector, hard_counts, soft_counts, squared_distances, vlad
from .local_descriptors import DESCRIPTORS, describe_places

ENCODINGS = ("hard", "soft", "vlad", "fisher")
BEGINNING, FEWEST = 20, 2000  # descriptors for each word and at least, among which the first words are chosen


def _power_normalized(vector: np.ndarray) -> np.ndarray:
    """Signed square root, then length 1; zeros stay zeros."""
    vector = np.sign(vector) * np.sqrt(np.abs(vector))
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _has_partial_fit(extractor: "BagOfVisualWords") -> bool:
    return extractor.encoding != "fisher"


class BagOfVisualWords(CallbackSupportMixin, FeatureExtractor):
    """Bag of visual words: histogram, VLAD or Fisher vector of local descriptors by a codebook learnt in fit.

    `fit` samples local descriptors from the training images and clusters them into words; `transform` describes each
    image by the words it contains.

    Parameters
    ----------
    descriptor : {"dense", "sift", "orb", "akaze", "kaze", "brisk"}, default="dense"
        See `local_descriptors`.
    n_words : int >= 1, default=100
        Size of the codebook.
    encoding : {"hard", "soft", "vlad", "fisher"}, default="hard"
        "hard": fraction of the descriptors nearest to each word. "soft": each descriptor is shared among the words by
        a Gaussian of its distance. "vlad": sum of differences from the nearest word. "fisher": gradient of
        the likelihood of a Gaussian mixture. The last two have 1 and 2 numbers per word and dimension; they are given a
        signed square root and length 1.
    pyramid : tuple of int, default=(1,)
        Grids to count in: ``(1, 2, 4)`` counts in the whole image, in 2 x 2 and in 4 x 4 cells.
    cell_size : int >= 1, default=4
        Side of the cells of "dense" in pixels; a patch is four cells wide.
    max_descriptors : int >= 1, default=100000
        Descriptors to learn from, drawn evenly from the training images.
    random_state : int, RandomState or None, default=0
        Seed of the sampling and of the clustering.

    Attributes
    ----------
    codebook_ : MiniBatchKMeans or (with "fisher") GaussianMixture
    variance_ : float
        Of the Gaussian of "soft": a twentieth of the mean squared distance of a training descriptor to its word, so
        that only words nearly as close as the nearest share with it.

    See Also
    --------
    featkit.features.local.local_descriptors : The descriptors.
    featkit.features.local.vlad : The encoding "vlad".
    featkit.features.local.fisher_vector : The encoding "fisher".

    Notes
    -----
    Learned. Mixed sizes are welcome. Only patches in the foreground count. An image without any (too small, flat or
    empty) gives zeros: it contains no words. With "hard" and "soft" the columns of each grid sum to 1.

    References
    ----------
    G. Csurka et al., "Visual categorization with bags of keypoints", 2004. S. Lazebnik, C. Schmid, J. Ponce, "Beyond
    bags of features", CVPR 2006, doi:10.1109/CVPR.2006.68. J. van Gemert et al., "Kernel codebooks for scene
    categorization", ECCV 2008, doi:10.1007/978-3-540-88690-7_52. H. Jegou et al., "Aggregating local descriptors into
    a compact image representation", CVPR 2010, doi:10.1109/CVPR.2010.5540039. F. Perronnin, J. Sanchez, T. Mensink,
    "Improving the Fisher kernel", ECCV 2010, doi:10.1007/978-3-642-15561-1_11.

    Examples
    --------
    >>> from skimage.data import brick, grass
    >>> from featkit import BagOfVisualWords
    >>> words = BagOfVisualWords(n_words=5).fit([brick()[:99, :99], grass()[:99, :99]])
    >>> words.transform([brick()[200:280, 200:300]]).sum()
    np.float64(1.0)
    """

    parameter_constraints = {
        "descriptor": [StrOptions(set(DESCRIPTORS))],
        "n_words": [COUNT],
        "encoding": [StrOptions(set(ENCODINGS))],
        "pyramid": [tuple, list],
        "cell_size": [COUNT],
        "max_descriptors": [COUNT],
        "random_state": ["random_state"],
    }
    requires_fit = True

    def __init__(
        self,
        *,
        descriptor: str = "dense",
        n_words: int = 100,
        encoding: str = "hard",
        pyramid: Sequence[int] = (1,),
        cell_size: int = 4,
        max_descriptors: int = 100_000,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.descriptor = descriptor
        self.n_words = n_words
        self.encoding = encoding
        self.pyramid = pyramid
        self.cell_size = cell_size
        self.max_descriptors = max_descriptors
        self.random_state = random_state

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        check_distinct("pyramid", self.pyramid, 1)
        rng = check_random_state(self.random_state)
        with reported_tasks(self, "fit", len(images) + 1) as advance:
            self._learn_words(self._sampled_descriptors(images, rng, advance), rng)
            advance()

    def _learn_words(self, descriptors: np.ndarray, rng: np.random.RandomState) -> None:
        self._check_enough(descriptors)
        if self.encoding == "fisher":
            mixture = GaussianMixture(
                int(self.n_words), covariance_type="diag", reg_covar=1e-4, random_state=rng, tol=0.01
            )
            with single_thread():
                self.codebook_ = mixture.fit(descriptors.astype(np.float64))
        else:
            with single_thread():
                self.codebook_ = self._new_codebook(rng).fit(descriptors)
            self.variance_ = self._word_variance(descriptors)

    @available_if(_has_partial_fit)
    def partial_fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Learn the codebook from batch after batch, so that not all images have to be in memory.

        Parameters
        ----------
        X : batch of images
            The first has to hold at least `n_words` descriptors.
        y : ignored

        Returns
        -------
        self : BagOfVisualWords

        Notes
        -----
        There is no `partial_fit` with ``encoding="fisher"``.
        """
        self._validate_params()
        check_distinct("pyramid", self.pyramid, 1)
        rng = check_random_state(self.random_state)
        descriptors = self._sampled_descriptors(self.read_batch(X), rng)
        if not hasattr(self, "codebook_"):
            self._check_enough(descriptors)
            self.codebook_ = self._new_codebook(rng)
        if len(descriptors):
            with single_thread():
                self.codebook_.partial_fit(descriptors)
            self.variance_ = self._word_variance(descriptors)
        return self

    def _new_codebook(self, rng: np.random.RandomState) -> MiniBatchKMeans:
        n_words = int(self.n_words)
        to_begin_with = max(FEWEST, BEGINNING * n_words)  # more of them give no better words, and take most of the time
        return MiniBatchKMeans(n_words, batch_size=4096, n_init=3, init_size=to_begin_with, random_state=rng)

    def _sampled_descriptors(
        self, images: np.ndarray | list[Image], rng: np.random.RandomState, advance: Callable[..., None] = lambda: None
    ) -> np.ndarray:
        share = max(1, self.max_descriptors // len(images))
        sampled = []
        for image in images:
            descriptors = describe_places(image, self.descriptor, self.cell_size)[1]
            if len(descriptors) > share:
                descriptors = descriptors[np.sort(rng.choice(len(descriptors), share, replace=False))]
            sampled.append(descriptors)
            advance()
        return np.concatenate(sampled)

    def _check_enough(self, descriptors: np.ndarray) -> None:
        if len(descriptors) < self.n_words:
            raise SubjectNotFoundError(
                f"Expected at least {self.n_words} local descriptors to learn as many words from, got "
                f"{len(descriptors)}. Lower n_words, or use more or larger images or descriptor='dense'."
            )

    def _word_variance(self, descriptors: np.ndarray) -> float:
        nearest = squared_distances(descriptors, self.codebook_.cluster_centers_).min(axis=1)
        return max(float(nearest.mean()) / 20, 1e-12)

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        encode = self._encoder()
        n_columns = len(self._columns_of_a_cell())
        descriptor, cell_size = self.descriptor, self.cell_size
        is_histogram = self.encoding in ("hard", "soft")
        grids = check_distinct("pyramid", self.pyramid, 1)

        def extract(image: Image) -> np.ndarray:
            positions, descriptors = describe_places(image, descriptor, cell_size)
            encoded = []
            for grid in grids:
                cells = np.minimum((positions * grid).astype(int), grid - 1) @ [grid, 1]
                encoded += [
                    encode(descriptors[cells == cell]) if (cells == cell).any() else np.zeros(n_columns)
                    for cell in range(grid * grid)
                ]
            row = np.concatenate(encoded)
            return row / max(len(descriptors), 1) if is_histogram else _power_normalized(row)

        return extract

    def _encoder(self) -> Callable[[np.ndarray], np.ndarray]:
        if self.encoding == "fisher":
            mixture = self.codebook_
            return lambda descriptors: fisher_vector(descriptors.astype(np.float64), mixture)
        words = self.codebook_.cluster_centers_.astype(np.float32)
        if self.encoding == "soft":
            variance = self.variance_
            return lambda descriptors: soft_counts(descriptors, words, variance)
        encode = hard_counts if self.encoding == "hard" else vlad
        return lambda descriptors: encode(descriptors, words)

    def _columns_of_a_cell(self) -> list[str]:
        words = padded_numbers(int(self.n_words))
        if self.encoding in ("hard", "soft"):
            return words
        is_fisher = self.encoding == "fisher"
        n_dimensions = (self.codebook_.means_ if is_fisher else self.codebook_.cluster_centers_).shape[1]
        kinds = ("mean_", "std_") if is_fisher else ("",)
        return [
            f"{kind}{word}_{dimension:03d}" for kind in kinds for word in words for dimension in range(n_dimensions)
        ]

    def feature_names(self) -> list[str]:
        columns = self._columns_of_a_cell()
        width = max(len(str(grid - 1)) for grid in self.pyramid)
        return [
            f"words_{self.descriptor}_{self.encoding}_grid{level}_{row:0{width}d}_{col:0{width}d}_{column}"
            for level, grid in enumerate(self.pyramid)
            for row in range(grid)
            for col in range(grid)
            for column in columns
        ]
