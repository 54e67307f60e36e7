"""Facial landmark detection: points on the eyes, the brows, the nose, the mouth and the jaw."""

from collections.abc import Callable, Sequence
from numbers import Integral
from os import PathLike

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image, Images, check_image
from ...parameters import HasMethods, Options, StrOptions, check_option
from ..detection.detection import DETECTORS, ONE_FACE
from ._finder import LandmarkFinder, is_averaged, landmark_model
from .shapes import landmark_names


def face_landmarks(
    image: Image,
    *,
    n_points: int = 68,
    predictor: BaseEstimator | None = None,
    model_path: str | PathLike | None = None,
    trust: bool = False,
    box: ArrayLike | None = None,
    which: str = "largest",
    detector: str = "auto",
    search: bool = True,
    average: bool | None = None,
) -> np.ndarray:
    """Facial landmark detection: the 68 (300-W) or 5 points of one face, by regression trees (ERT) or a predictor.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Laid on black where it is transparent.
    n_points : {5, 68}, default=68
        dlib's model: the corners of the eyes and the base of the nose, which may be used commercially; or the 68 points
        of 300-W, which may not.
    predictor : fitted object or None, default=None
        A predictor of landmarks of your own instead of dlib's models: ``predict(images, boxes=boxes)`` gives rows of
        ``2 * n_points_`` values, row and column of each point. Its attribute ``mirror``, where it has one, tells which
        point becomes which in the mirrored image.
    model_path : str, path or None, default=None
        File of dlib's model; None looks for it, see `featkit.faces.landmarks.find_model`.
    trust : bool, default=False
        Whether a file of `model_path` that is not the known one is accepted.
    box : FaceBox, array-like (min_row, min_col, max_row, max_col) or None, default=None
        Where the face is, as any detector says; NaN where there is none. None detects it.
    which : {"largest", "central"}, default="largest"
        Which face counts where there are several, as in `featkit.detect_faces`.
    detector : {"auto", "dlib", "cascade"}, default="auto"
        Which face detector, as in `featkit.detect_faces`.
    search : bool, default=True
        Whether the detector searches again, in other ways, where it finds nothing at first.
    average : bool or None, default=None
        Whether predictions over jittered boxes and mirror images are averaged (test-time augmentation), at about
        fifteen times the cost of a single prediction; None: unless the predictor descends (`method` is "sdm"), which
        gains nothing by it. From a first prediction follow the box that the model was
        trained for and, from about 10 degrees on, the tilt of the head (a box that is given is first replaced by the
        median over nine like it); the face is resampled upright to 200 pixels, its contrast stretched where it is dark
        or flat; the result is the mean over five boxes, shifted by 5 % of their side, and their mirror images. False
        gives a single prediction in the box as it is.

    Returns
    -------
    points : float64 ndarray (n_points, 2)
        (row, col) in pixels, the centre of the first pixel being (0, 0); beyond the border where the face is cut by it.
        NaN where there is no face.

    Raises
    ------
    ModelFileError, MissingDependencyError
        When the model or dlib is not there; the message says how to get it.

    Warns
    -----
    ModelLicenseWarning
        Once in a process, that the model of 68 points may not be used in commercial products.

    See Also
    --------
    FaceLandmarks : The transformer.
    featkit.detect_faces : Finds the box.
    find_model : Finds the model file.
    featkit.LandmarkPredictor : Trains a predictor of your own.
    featkit.faces.description.align_face : Upright crop by the landmarks.

    Notes
    -----
    Points are numbered as in 300-W, from the left of the image to its right: jaw 0-16, brows 17-26, nose 27-35, eyes
    36-47, mouth 48-67.

    References
    ----------
    Kazemi and Sullivan 2014, "One millisecond face alignment with an ensemble of regression trees",
    doi:10.1109/CVPR.2014.241.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.faces.landmarks import face_landmarks
    >>> points = face_landmarks(astronaut(), n_points=5)
    >>> points[:4].mean(axis=0).round(), points[4].round()  # between the eyes; below the nose
    (array([103., 225.]), array([134., 224.]))
    """
    check_option("which", which, ONE_FACE)
    check_option("detector", detector, DETECTORS)
    model = landmark_model(n_points, predictor, model_path, trust)
    finder = LandmarkFinder(model, which, detector, search, is_averaged(model, average))
    image = check_image(image)
    return (finder.detect(image) if box is None else finder.at(image, box)).points


def face_landmarks_names(
    *,
    n_points: int = 68,
    predictor: BaseEstimator | None = None,
    model_path: str | PathLike | None = None,
    trust: bool = False,
    box: ArrayLike | None = None,
    which: str = "largest",
    detector: str = "auto",
    search: bool = True,
    average: bool | None = None,
) -> list[str]:
    """Names of the values of `face_landmarks`, point by point: ``landmark_00_row``, ``landmark_00_col`` onwards.

    Parameters
    ----------
    n_points : {5, 68}, default=68
        As in `face_landmarks`.
    predictor : fitted object or None, default=None
        As in `face_landmarks`; it has as many points as its ``n_points_`` says.
    model_path : str, path or None, default=None
        Without effect on the names.
    trust : bool, default=False
        Without effect on the names.
    box : FaceBox, array-like (min_row, min_col, max_row, max_col) or None, default=None
        Without effect on the names.
    which : {"largest", "central"}, default="largest"
        Without effect on the names.
    detector : {"auto", "dlib", "cascade"}, default="auto"
        Without effect on the names.
    search : bool, default=True
        Without effect on the names.
    average : bool or None, default=None
        Without effect on the names.

    Returns
    -------
    names : list of str
        Two for each point.

    See Also
    --------
    face_landmarks : The points; ``points.ravel()`` has these names.

    Examples
    --------
    >>> from featkit.faces.landmarks import face_landmarks_names
    >>> face_landmarks_names(n_points=5)[:3]
    ['landmark_00_row', 'landmark_00_col', 'landmark_01_row']
    """
    check_option("which", which, ONE_FACE)
    check_option("detector", detector, DETECTORS)
    if predictor is not None:
        check_is_fitted(predictor, "n_points_")
    return landmark_names(n_points if predictor is None else predictor.n_points_)


class FaceLandmarks(FeatureExtractor):
    """Facial landmarks as features: (row, col) of the 68 or 5 points of the face in every image.

    Parameters
    ----------
    n_points : {5, 68}, default=68
        dlib's model, see `face_landmarks`: 5 points, which may be used commercially, or the 68 of 300-W, which may not.
    predictor : fitted object or None, default=None
        A predictor of landmarks of your own instead of dlib's models, see `face_landmarks`, with ``predict(images,
        boxes=boxes)`` and ``n_points_``. Where the extractor is cloned, as in a grid search, freeze it:
        ``sklearn.frozen.FrozenEstimator(predictor)``.
    model_path : str, path or None, default=None
        File of dlib's model; None looks for it, see `featkit.faces.landmarks.find_model`.
    trust : bool, default=False
        Whether a file of `model_path` that is not the known one is accepted.
    which : {"largest", "central"}, default="largest"
        Which face counts where there are several, as in `featkit.detect_faces`.
    detector : {"auto", "dlib", "cascade"}, default="auto"
        Which face detector, as in `featkit.detect_faces`.
    search : bool, default=True
        Whether the detector searches again, in other ways, where it finds nothing at first.
    average : bool or None, default=None
        Whether predictions over jittered boxes and mirror images are averaged (test-time augmentation), at about
        fifteen times the cost of a single prediction, see `face_landmarks`; None: unless the predictor descends
        (`method` is "sdm") and no quality is asked for.
    add_found : bool, default=False
        Append the column ``landmark_found``: 1 where there is a face, else 0.
    add_quality : bool, default=False
        Append the column ``landmark_quality``: ``1 / (1 + (s / 0.02)^2)``, where s is the root mean square distance of
        the averaged predictions from their mean in sides of the face's box; 0 where there is no face. Needs `average`.

    See Also
    --------
    face_landmarks : The function, with what is done in full.

    Notes
    -----
    Stateless; fit only checks that the model is there. Images may differ in size. Rows are NaN where there is no face.
    Laid on black where an image is transparent. ``transform(images, boxes=boxes)`` takes the boxes of the faces, of
    shape (n_images, 4), instead of detecting them; in a Pipeline they arrive by metadata routing, after
    ``set_transform_request(boxes=True)``. dlib's model is loaded once in a process and shared by its threads;
    detection runs on several threads at once, placing points on one.

    Examples
    --------
    >>> from skimage.data import astronaut, chelsea
    >>> from featkit import FaceLandmarks
    >>> extractor = FaceLandmarks(n_points=5, add_found=True).set_output(transform="pandas")
    >>> table = extractor.fit_transform([astronaut(), chelsea()])
    >>> table[["landmark_04_row", "landmark_04_col", "landmark_found"]].round()
       landmark_04_row  landmark_04_col  landmark_found
    0            134.0            224.0             1.0
    1              NaN              NaN             0.0
    """

    parameter_constraints = {
        "n_points": [Options(Integral, {5, 68})],
        "predictor": [HasMethods("predict"), None],
        "model_path": [str, PathLike, None],
        "trust": ["boolean"],
        "which": [StrOptions(set(ONE_FACE))],
        "detector": [StrOptions(set(DETECTORS))],
        "search": ["boolean"],
        "average": ["boolean", None],
        "add_found": ["boolean"],
        "add_quality": ["boolean"],
    }

    def __init__(
        self,
        *,
        n_points: int = 68,
        predictor: BaseEstimator | None = None,
        model_path: str | PathLike | None = None,
        trust: bool = False,
        which: str = "largest",
        detector: str = "auto",
        search: bool = True,
        average: bool | None = None,
        add_found: bool = False,
        add_quality: bool = False,
    ) -> None:
        self.n_points = n_points
        self.predictor = predictor
        self.model_path = model_path
        self.trust = trust
        self.which = which
        self.detector = detector
        self.search = search
        self.average = average
        self.add_found = add_found
        self.add_quality = add_quality

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        self._finder()

    def _finder(self):
        if self.add_quality and self.average is not None and not self.average:
            raise ValueError(
                "Expected average=True where add_quality is: quality is how well the averaged predictions agree."
            )
        model = landmark_model(self.n_points, self.predictor, self.model_path, self.trust)
        average = True if self.add_quality else self.average
        return LandmarkFinder(model, self.which, self.detector, self.search, is_averaged(model, average))

    def transform(self, X: Images, *, boxes: Sequence | None = None) -> np.ndarray:
        """Find the landmarks of the face on every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        boxes : sequence of (min_row, min_col, max_row, max_col) or None, default=None
            Box of the face on each image, in pixels; faces are not searched then.

        Returns
        -------
        points : float64 ndarray (n_images, n_features)
            See `face_landmarks`; NaN where there is no face.
        """
        return self.transform_batch(X, boxes=boxes)

    def image_extractor(self) -> Callable[..., np.ndarray]:
        finder = self._finder()

        def find(image, **given):
            return self._row(finder.at(image, given["boxes"]) if given else finder.detect(image))

        return find

    def _row(self, finding):
        found = not np.isnan(finding.points).all()
        row = [finding.points.ravel()]
        if self.add_found:
            row.append([float(found)])
        if self.add_quality:
            row.append([finding.quality if found else 0.0])
        return np.concatenate(row)

    def feature_names(self) -> list[str]:
        names = face_landmarks_names(n_points=self.n_points, predictor=self.predictor)
        added = ["landmark_found"] * self.add_found + ["landmark_quality"] * self.add_quality
        return [*names, *added]
