"""What is known of the objects of one image: numbers, boxes, centres, areas, masks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..features.shape._runs import boxes_of_runs, paint_runs
from ..image.alpha import split_alpha, with_alpha
from ..image.checks import Box, Image


@dataclass(frozen=True)
class ImageObject:
    """One object of an image.

    Parameters
    ----------
    number : int
        From 1 in the order of the objects, or its label where a label image was given.
    box : tuple of int
        Half-open, ``(min_row, min_col, max_row, max_col)``.
    center : tuple of float
        (row, col) of the centroid, in pixels.
    area : int
        Pixels.
    mask : bool ndarray (max_row - min_row, max_col - min_col)
        Its pixels inside the box.
    touches_border : bool
        Whether it reaches the outermost pixels of the image, and may go on outside.

    See Also
    --------
    find_objects : Finds them.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import find_objects
    >>> find_objects(np.ones((2, 3), dtype=bool))[0].center
    (0.5, 1.0)
    """

    number: int
    box: Box
    center: tuple[float, float]
    area: int
    mask: np.ndarray
    touches_border: bool


class Objects(Sequence):
    """The objects of one image, as `find_objects` gives them: a sequence of `ImageObject`.

    Parameters
    ----------
    shape : tuple of int
        Height and width of the image.
    numbers : int ndarray (n_objects,)
        Number, or label, of each object.
    runs : int ndarray (n_runs, 3)
        Row, first column and end of each run of pixels, object by object.
    bounds : int ndarray (n_objects + 1,)
        Object k has the runs ``bounds[k] : bounds[k + 1]``.

    Attributes
    ----------
    boxes : int ndarray (n_objects, 4)
        Half-open, ``(min_row, min_col, max_row, max_col)``.
    areas : int ndarray (n_objects,)
        Pixels.
    centers : float ndarray (n_objects, 2)
        (row, col) of the centroids.
    touches_border : bool ndarray (n_objects,)
        Which ones reach the outermost pixels of the image.

    See Also
    --------
    find_objects : Finds them.
    measure_objects : One row of features each.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import find_objects
    >>> mask = np.zeros((40, 60), dtype=bool)
    >>> mask[10:30, 5:45] = mask[1:5, 50:60] = True
    >>> objects = find_objects(mask)
    >>> objects.areas, objects.touches_border
    (array([ 40, 800]), array([ True, False]))
    >>> objects[1].number, objects[1].box, objects[1].center
    (2, (10, 5, 30, 45), (19.5, 24.5))
    """

    def __init__(self, shape: tuple[int, int], numbers: np.ndarray, runs: np.ndarray, bounds: np.ndarray) -> None:
        self.shape, self.numbers, self.runs, self.bounds = shape, numbers, runs, bounds
        self.boxes = boxes_of_runs(runs, bounds)
        lengths, first = runs[:, 2] - runs[:, 1], bounds[:-1]
        sums = lengths, lengths * runs[:, 0], lengths * (runs[:, 1] + runs[:, 2] - 1)
        areas, rows, cols = (np.add.reduceat(values, first) if len(first) else values for values in sums)
        self.areas = areas
        self.centers = np.stack([rows / areas, cols / (2 * areas)], axis=1)
        self.touches_border = (self.boxes[:, :2] == 0).any(axis=1) | (self.boxes[:, 2:] == shape).any(axis=1)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self.chosen(np.arange(len(self))[index])
        index = range(len(self))[index]
        return ImageObject(
            int(self.numbers[index]),
            tuple(self.boxes[index].tolist()),
            tuple(self.centers[index].tolist()),
            int(self.areas[index]),
            self._mask(index),
            bool(self.touches_border[index]),
        )

    @property
    def labels(self) -> np.ndarray:
        """Label image, int32 (height, width): the number of the object at each pixel, 0 is background."""
        labels = np.zeros(self.shape, np.int32)
        for index, number in enumerate(self.numbers):
            paint_runs(labels, self._runs(index), 0, 0, number)
        return labels

    def chosen(self, positions: np.ndarray) -> "Objects":
        """Choose some of the objects.

        Parameters
        ----------
        positions : int ndarray (n_chosen,)
            Positions among the objects, in the order wanted.

        Returns
        -------
        objects : Objects
            Those, with their numbers.
        """
        runs = [self._runs(index) for index in positions]
        bounds = np.cumsum([0, *map(len, runs)])
        return Objects(self.shape, self.numbers[positions], np.concatenate([self.runs[:0], *runs]), bounds)

    def cut_out(self, image: Image) -> Iterator[Image]:
        """Cut each object out of an image of this size.

        Parameters
        ----------
        image : ndarray (height, width[, 3 or 4])
            The one they were found in, or another of its size.

        Yields
        ------
        part : ndarray (max_row - min_row, max_col - min_col[, 4])
            The box of the object in RGBA, transparent outside the object; of a mask the object's own mask.
        """
        color, alpha = split_alpha(image)
        for index, (top, left, bottom, right) in enumerate(self.boxes):
            mask, box = self._mask(index), np.s_[top:bottom, left:right]
            if image.dtype.kind == "b":
                yield mask
            else:
                yield with_alpha(color[box], mask if alpha is None else np.where(mask, alpha[box], 0))

    def _runs(self, index: int) -> np.ndarray:
        return self.runs[self.bounds[index] : self.bounds[index + 1]]

    def _mask(self, index: int) -> np.ndarray:
        top, left, bottom, right = self.boxes[index]
        mask = np.zeros((bottom - top, right - left), bool)
        paint_runs(mask, self._runs(index), top, left, True)
        return mask
