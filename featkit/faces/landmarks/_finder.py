"""How the landmarks of one image are found: a detector and a model, with or without test-time augmentation."""

import math
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import ImageFormatError
from ...image.checks import Image
from ..detection.boxes import FaceBox, check_box, photo_of
from ..detection.detection import faces_in_photo
from ._averaging import adapted_box, averaged_points, points_in_box, settled_box
from ._point_models import PointModel, dlib_model, fitted_model

_DOUBTFUL_SPREAD = 0.02  # of the side of the box: of points of quality one half


def landmark_model(n_points: int, predictor: Any, path: str | PathLike | None, trust: bool) -> PointModel:
    """The model that is asked for: dlib's, or a fitted predictor."""
    return dlib_model(n_points, path, trust) if predictor is None else fitted_model(predictor)


def is_averaged(model: PointModel, average: bool | None) -> bool:
    """Whether predictions are averaged: where it is asked for, or where it helps."""
    return model.gains_by_averaging if average is None else bool(average)


class Finding(NamedTuple):
    """Landmarks (n_points, 2) and how far the averaged predictions lie apart; NaN without averaging."""

    points: np.ndarray
    spread: float = math.nan

    @property
    def quality(self) -> float:
        """From 0 to 1; NaN without averaging."""
        return 1 / (1 + (self.spread / _DOUBTFUL_SPREAD) ** 2)


class LandmarkFinder(NamedTuple):
    """How landmarks are found; its methods find them in one image."""

    model: PointModel
    which: str
    detector: str
    search: bool
    average: bool

    def detect(self, image: Image) -> Finding:
        """Landmarks of the face that the detector finds."""
        photo = photo_of(image)
        boxes = faces_in_photo(photo, self.which, self.detector, self.search)
        return self._place(photo, boxes[0], self.detector == "cascade") if boxes else self._nothing()

    def detect_all(self, image: Image) -> list[tuple[FaceBox, Finding]]:
        """Boxes and landmarks of the faces that the detector finds, in its order."""
        photo = photo_of(image)
        boxes = faces_in_photo(photo, self.which, self.detector, self.search)
        return [(box, self._place(photo, box, self.detector == "cascade")) for box in boxes]

    def at(self, image: Image, box: ArrayLike | None) -> Finding:
        """Landmarks of the face in a box that is given."""
        values = np.asarray([math.nan] * 4 if box is None else box, dtype=np.float64)
        if values.shape not in ((4,), (len(FaceBox._fields),)):
            raise ImageFormatError(
                f"Expected a box (min_row, min_col, max_row, max_col) or a FaceBox, got shape {values.shape}. "
                "Of several boxes, (n_faces, 4), give one: boxes[0]."
            )
        if np.isnan(values[:4]).any():
            return self._nothing()
        check_box(values[:4], image.shape)
        return self._place(photo_of(image), FaceBox(*values.tolist()), True)

    def _nothing(self):
        return Finding(np.full((self.model.n_points, 2), np.nan))

    def _place(self, photo, box, is_foreign):
        if not self.average:
            return Finding(points_in_box(photo, box, self.model))
        if is_foreign:
            box = adapted_box(photo, box, self.model)
        box = settled_box(photo, box, self.model)
        return Finding(*averaged_points(photo, box, self.model))
