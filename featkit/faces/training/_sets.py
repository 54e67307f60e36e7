"""What predictors of landmarks learn from: reduced crops around the objects and their mirror images."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import ImageFormatError
from ...image.batches import apply_to_each
from ...image.checks import Image
from ...image.gray_levels import gray_levels
from ..detection.boxes import check_box
from ..landmarks.shapes import center, fit_similarity, mirror_landmarks, size, to_complex, to_points
from ._descent import Picture, box_map


class TrainingSet(NamedTuple):
    """Crops, the boxes (n_images, 4) and shapes (n_images, n_points) in the images, the mean shape in boxes' units.

    With `mirror`, the second half are the mirror images of the first one, whose points have those numbers.
    """

    pictures: list[Picture]
    boxes: np.ndarray
    shapes: np.ndarray
    mean_shape: np.ndarray
    mirror: list[int] | None

    @property
    def in_boxes(self) -> np.ndarray:
        """The shapes in the unit of their boxes."""
        factors, shifts = (part[:, np.newaxis] for part in box_map(self.boxes))
        return (self.shapes - shifts) / factors

    def completed(self) -> np.ndarray:
        """The shapes with missing points where the mean shape, laid on the known ones, has them.

        On a single known point it is as large as the box tells.
        """
        factor, shift = (part[:, np.newaxis] for part in box_map(self.boxes))
        turn, move = fit_similarity(self.mean_shape, self.in_boxes)
        return np.where(np.isnan(self.shapes), factor * (turn * self.mean_shape + move) + shift, self.shapes)

    def box_rule(self) -> tuple[float, float] | None:
        """How boxes lie about shapes: side and drop, see `PointModel`; medians. None for points without an extent."""
        shapes = self.completed()
        sizes, (sides, middles) = size(shapes)[:, 0], box_map(self.boxes)
        if not (sizes > 0).all():
            return None
        drops = (middles - center(shapes)[:, 0]).real
        return float(np.median(sides / sizes)), float(np.median(drops / sizes))

    def seen_from(self, boxes: np.ndarray) -> "TrainingSet":
        """The same crops and shapes with other boxes."""
        pictures = [picture.in_box(box) for picture, box in zip(self.pictures, boxes, strict=True)]
        other = self._replace(pictures=pictures, boxes=boxes)
        return other._replace(mean_shape=center(other.in_boxes.T)[:, 0])

    def for_descent(self) -> dict[str, Any]:
        """What `fit_descent` learns from: the images without their mirror images, which it makes up."""
        n_images = len(self.pictures) if self.mirror is None else len(self.pictures) // 2
        mean_shape = self.mean_shape
        if self.mirror is not None:
            mean_shape = (mean_shape + mean_shape[self.mirror].conj()) / 2
        return {
            "pictures": self.pictures[:n_images],
            "mean_shape": mean_shape,
            "wanted": self.in_boxes[:n_images],
            "mirror": self.mirror,
        }

    def for_trees(self, points: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Gray levels of the crops, the boxes and points (n_images, n_points, 2) in them."""
        parts = list(zip(self.pictures, self.boxes, points, strict=True))
        return (
            [picture.gray for picture in self.pictures],
            np.array([picture.box(box) for picture, box, _ in parts]),
            np.array([picture.points(shape) for picture, _, shape in parts]),
        )


def training_set(
    images: Sequence[Image], boxes: np.ndarray, points: np.ndarray, mirror: Sequence[int] | None
) -> TrainingSet:
    """Crops of images in boxes with points (n_images, n_points, 2), one image after the other being looked at.

    With `mirror`, those of the mirror images follow.
    """
    widths = np.array([image.shape[1] for image in images])
    all_boxes, all_points = boxes, points
    if mirror is not None:
        mirrored = mirror_landmarks(points.reshape(len(points), -1), widths, mirror)
        sides = np.stack([boxes[:, 0], widths - boxes[:, 3], boxes[:, 2], widths - boxes[:, 1]], axis=1)
        all_boxes = np.concatenate([boxes, sides])
        all_points = np.concatenate([points, mirrored.reshape(points.shape)])
    factors, shifts = (part[:, np.newaxis] for part in box_map(all_boxes))
    shapes = to_complex(all_points)
    mean_shape = center(((shapes - shifts) / factors).T)[:, 0]
    pictures = [Picture(*each, mean_shape).copy() for each in zip(gray_images(images), boxes, strict=True)]
    if mirror is not None:
        pictures += [picture.mirrored(width) for picture, width in zip(pictures, widths.tolist(), strict=True)]
    return TrainingSet(pictures, all_boxes, shapes, mean_shape, None if mirror is None else list(mirror))


def complete_points(learnt: TrainingSet) -> np.ndarray:
    """Points (n_images, n_points, 2) of a set without missing ones."""
    return to_points(learnt.completed())


def gray_images(images: Iterable[Image]) -> Iterator[np.ndarray]:
    """Gray levels of one image after the other; of an image with many boxes once."""
    before, gray = None, np.empty((0, 0), np.uint8)
    for image in images:
        gray = gray if image is before else gray_levels(image, 0.0)
        before = image
        yield gray


def checked_boxes(images: Iterable[Image], boxes: ArrayLike | None) -> np.ndarray:
    """Boxes (n_images, 4) in images, those of the whole images where none are given."""
    sizes = [image.shape[:2] for image in images]
    if boxes is None:
        return np.array([(0, 0, *size) for size in sizes], dtype=np.float64)
    boxes = np.asarray(boxes, dtype=np.float64)
    if boxes.shape != (len(sizes), 4):
        raise ImageFormatError(
            f"Expected a box (min_row, min_col, max_row, max_col) for each of {len(sizes)} images, got an array "
            f"of shape {boxes.shape}."
        )
    apply_to_each(lambda pair: check_box(*pair), list(zip(boxes, sizes, strict=True)))
    return boxes
