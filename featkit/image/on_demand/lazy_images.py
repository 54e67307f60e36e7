"""Images that are computed one at a time, whenever they are asked for: `LazyImages`."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from ...exceptions import ImageFormatError
from ..checks import Image, checked_image

HELD_BYTES = 500_000_000  # images that together take at most so many bytes are computed once and kept in memory

_Function: TypeAlias = tuple[Callable[..., Image], dict[str, Any]]  # of a step, and its metadata


class LazyImages:
    """Batch of images that are read and transformed one at a time, whenever they are asked for.

    What image steps give of a batch that would not fit into `HELD_BYTES`: `ImageReader` begins one, the steps behind
    it go on with it, and only the image that is worked on is in memory. An image that is asked for twice is computed
    twice: each branch of a FeatureUnion reads the files anew. A `ChunkedTransformer` around the whole computes each
    once.

    Parameters
    ----------
    items : sequence
        What the first step takes: paths, bytes, ...
    steps : sequence of (transformer, dict)
        Image steps, each with the metadata that its function takes of every image by keyword.
    index : pandas.Index or None, default=None
        Labels of the rows.

    See Also
    --------
    featkit.ImageReader : Begins such a batch.
    featkit.ChunkedTransformer : Computes rows chunk by chunk, reading each image once.

    Notes
    -----
    ``len``, iteration, an integer, a slice or a list of positions work as with a list; ``np.asarray`` makes a stack
    where the images agree in shape and dtype, all of them in memory. A file that has changed or gone meanwhile is
    another image, or an error. A step that learns from images (`BagOfVisualWords`, `ColorMatcher`, ...) reads each
    once in fit and once more in transform; one that needs equal sizes checks them as they come. `held_images` decides
    by the first image and the sum of all whether a batch stays in memory instead.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Resizer
    >>> from featkit.image import LazyImages
    >>> images = LazyImages([np.zeros((4, 6))] * 3, [(Resizer(height=2, width=3), {})])
    >>> len(images), images[0].shape, [image.shape for image in images[1:]]
    (3, (2, 3), [(2, 3), (2, 3)])
    """

    def __init__(self, items: Sequence, steps: Sequence[tuple[Any, dict[str, Any]]], index: Any = None) -> None:
        self.items = items
        self.steps = tuple(steps)
        self.index = index
        self._first: Image | None = None  # of a batch as it was made, so that looking at it costs nothing twice
        self._functions: list[_Function] | None = None  # of the steps, for the first pass: they warn once

    def followed_by(self, step: Any, metadata: dict[str, Any], index: Any = None) -> "LazyImages":
        """The images that a step makes of these.

        Parameters
        ----------
        step : ImageTransformer
            As it is now: changed later, it changes nothing here.
        metadata : dict of str to sequence
            What its function takes of every image by keyword.
        index : pandas.Index or None, default=None
            Labels of the rows.

        Returns
        -------
        images : LazyImages
            Of the same items, with one step more.
        """
        made = LazyImages(self.items, [*self.steps, (copy(step), metadata)], index)
        last = _functions_of(made.steps[-1:])
        before = self.items[0] if self._first is None else self._first
        made._first = next(_made([before], last if self._first is not None or not self.steps else made._ready()))
        made._functions = [*(self._functions or _functions_of(self.steps)), *last]
        return made

    def _ready(self) -> list[_Function]:
        """The functions of the steps: those that were used on the first image, or new ones."""
        functions, self._functions = self._functions, None
        return functions or _functions_of(self.steps)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Image]:
        if self._first is None:
            return _made(self.items, self._ready())
        return chain([self._first], _made(self.items[1:], self._ready(), start=1))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, np.integer)):
            position = range(len(self))[key]
            if position == 0 and self._first is not None:
                return self._first
            return next(_made([self.items[position]], _functions_of(self.steps), start=position))
        positions = np.arange(len(self))[key]
        index = None if self.index is None else self.index[positions]
        steps = [
            (step, {name: [values[place] for place in positions] for name, values in metadata.items()})
            for step, metadata in self.steps
        ]
        return LazyImages([self.items[place] for place in positions], steps, index)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        images = list(self)
        if len({(image.shape, image.dtype) for image in images}) > 1:
            shapes = sorted({image.shape for image in images})
            raise ImageFormatError(f"Expected images of one shape and dtype for an array, got the shapes {shapes[:4]}.")
        return np.stack(images).astype(dtype, copy=False)

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_first": None, "_functions": None}

    def __repr__(self) -> str:
        return f"LazyImages({len(self)} images, {' -> '.join(type(step).__name__ for step, _ in self.steps)})"


def _functions_of(steps: Sequence[tuple[Any, dict[str, Any]]]) -> list[_Function]:
    return [(step.image_transformer(), metadata) for step, metadata in steps]


def _made(items: Sequence, functions: list[_Function], *, start: int = 0) -> Iterator[Image]:
    """What functions make of items, one after the other; an error is told the position of its image."""
    for position, item in enumerate(items, start):
        try:
            image = item
            for number, (function, metadata) in enumerate(functions):
                image = checked_image(image) if number > 0 else image
                image = function(image, **{name: values[position] for name, values in metadata.items()})
            image = checked_image(image)
        except Exception as error:
            error.add_note(f"image {position} of the batch")
            raise
        yield image
