"""Base class of image transformers that find the foreground: as masks by `predict`, as alpha by `transform`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..image.alpha import foreground_mask, split_alpha, with_alpha
from ..image.batches import apply_to_each, stack_if_equal
from ..image.checks import Image, Images
from .image_transformer import ImageTransformer


class ForegroundPredictor(ImageTransformer):
    """Base class of image transformers that find the foreground; transparent pixels are never part of it.

    A subclass defines `_mask_of_all`, which reads what was learnt once and returns a function image -> bool mask.
    """

    def _mask_of_all(self) -> Callable[[Image], np.ndarray]:
        raise TypeError(f"{type(self).__name__} must define _mask_of_all(), a function image -> mask.")

    def _masker(self) -> Callable[[Image], np.ndarray]:
        mask_of_all = self._mask_of_all()

        def mask(image: Image) -> np.ndarray:
            found = mask_of_all(image)
            return found if split_alpha(image)[1] is None else found & foreground_mask(image)

        return mask

    def predict(self, X: Images) -> Any:
        """Find the foreground of every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        masks : bool ndarray (n_images, height, width) or list of bool ndarray (height, width)
            True = foreground.
        """
        images = self.checked_batch(X)
        return stack_if_equal(apply_to_each(self._masker(), images), len(images))

    def image_transformer(self) -> Callable[..., Image]:
        mask = self._masker()
        return lambda image: with_alpha(split_alpha(image)[0], mask(image))
