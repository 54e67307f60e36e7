"""The upright face: the image around some landmarks, resampled so that the face lies on the mean face."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Self

import cv2
import numpy as np

from ...image.interpolation import interpolate
from ..landmarks.scheme import FACE_MIRROR, MEAN_FACE
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from ..landmarks.shapes import fit_similarity, to_complex, to_points

EYE_CORNERS = {36, 39, 42, 45}
RIGID = (36, 39, 42, 45, 27, 30, 31, 33, 35, 48, 54)  # laid on the mean face: not the chin, which moves when one speaks


class FacePoints(NamedTuple):
    """300-W's points of a face (68, 2), those of them that hold it upright, and its eyes where no corners do."""

    points: np.ndarray
    anchors: tuple[int, ...]
    eyes: np.ndarray | None

    @classmethod
    def of(cls, points: np.ndarray, scheme: LandmarkScheme) -> Self:
        anchors = tuple(point for point in RIGID if point in scheme.known)
        eyes = None if scheme.known >= EYE_CORNERS else scheme.middles_of_eyes(points)
        return cls(scheme.in_300w(points[np.newaxis])[0], anchors, eyes)

    def mirrored(self, width: int) -> Self:
        points = self.points[list(FACE_MIRROR)]
        flip = np.array([0, width - 1]), np.array([1, -1])
        eyes = None if self.eyes is None else flip[0] + flip[1] * self.eyes[::-1]
        return self._replace(points=flip[0] + flip[1] * points, eyes=eyes)

    def frame(
        self, gray: np.ndarray, eye_distance: float, wanted: Sequence[int], *, reach: int
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """The upright face at a size and the wanted points in it, see `upright_frame`."""
        points, eyes = self.points, self.eyes
        return upright_frame(gray, points, eye_distance, wanted, reach=reach, anchors=self.anchors, eyes=eyes)


def upright_frame(
    gray: np.ndarray,
    points: np.ndarray,
    eye_distance: float,
    wanted: Sequence[int],
    *,
    reach: int,
    anchors: Sequence[int] = RIGID,
    eyes: np.ndarray | None = None,
) -> tuple[np.ndarray | None, np.ndarray]:
    """The upright face at a size, as far as the wanted points and `reach` pixels around them go, and these points.

    Points are those of 300-W (68, 2), of which the anchors are laid on the mean face, and the middles of the eyes (2,
    2) where they are given, too.
    """
    shape = to_complex(points)
    mean, target = _mean_face(tuple(anchors)), shape[list(anchors)]
    if eyes is None:
        mean = mean[:-2]
    else:
        target = np.concatenate([target, to_complex(eyes)])
    factor, shift = (part[0] for part in fit_similarity(mean * eye_distance, target))
    if np.isnan(target).any() or np.isnan(shape[list(wanted)]).any() or abs(factor) == 0:
        return None, np.full((len(wanted), 2), np.nan)
    in_frame = to_points((shape[list(wanted)] - shift) / factor)
    least, most = in_frame.min(axis=0), in_frame.max(axis=0)
    around = 4 * eye_distance + reach
    if (most - least).max() > around:  # a point that went astray must not make an image without end
        middle = np.median(in_frame, axis=0)
        least, most = np.maximum(least, middle - around), np.minimum(most, middle + around)
    first = np.floor(least) - reach
    sides = (np.ceil(most) + reach + 1 - first).astype(int)
    return _resampled(gray, factor, complex(*first) * factor + shift, sides), in_frame - first


@lru_cache
def _mean_face(numbers):
    """Points of the mean face from the front, and the middles of its eyes, which are 1 apart."""
    face = {point: down + 1j * right for point, (right, down, _) in MEAN_FACE.items()}
    eyes = [(face[36] + face[39]) / 2, (face[42] + face[45]) / 2]
    return np.array([*(face[number] for number in numbers), *eyes]) / (eyes[1] - eyes[0]).imag


def _resampled(gray, step, first, sides):
    """Part of an image: `first` is its first pixel, `step` what leads from a pixel to the next row."""
    shrinking, by_row, by_col = abs(step), 1.0, 1.0
    if shrinking > 1.2:  # bilinear interpolation alone would leave pixels out
        corners = first + step * np.array([0, sides[0], 1j * sides[1], sides[0] + 1j * sides[1]])
        low = np.maximum(np.floor([corners.real.min(), corners.imag.min()]).astype(int) - 2, 0)
        high = np.minimum(np.ceil([corners.real.max(), corners.imag.max()]).astype(int) + 3, gray.shape)
        if (high > low).all():
            gray, first = gray[low[0] : high[0], low[1] : high[1]], first - complex(*low)
            rows, cols = (math.ceil(side / shrinking) for side in gray.shape)
            by_row, by_col = gray.shape[0] / rows, gray.shape[1] / cols
            gray = cv2.resize(gray, (cols, rows), interpolation=cv2.INTER_AREA)
    to_gray = np.array(
        [
            [step.real / by_row, -step.imag / by_row, (first.real + 0.5) / by_row - 0.5],
            [step.imag / by_col, step.real / by_col, (first.imag + 0.5) / by_col - 0.5],
        ]
    )
    return interpolate(gray, to_gray, *sides)
