"""Take the object out of a photo: `BackgroundRemover` writes the foreground into the alpha channel."""

from collections.abc import Callable, Sequence
from importlib import import_module
from numbers import Integral
from typing import Any

import cv2
import numpy as np

from ...base.image_transformer import ImageTransformer
from ...exceptions import ImageFormatError, SubjectNotFoundError
from ...image.alpha import foreground_mask, join_alpha, split_alpha
from ...image.batches import apply_to_each
from ...image.checks import Image, Images, check_image, full_light
from ...image.conversions import to_float
from ...image.masks import mask_quality
from ...parameters import HasMethods, Interval, StrOptions
from ._guided import guided_upsampling
from .segmentation import COMPONENTS, METHODS, Finding, clean_mask, find_foreground, full_lab

FEATHER_RADIUS = 3  # pixels


def _feathered(mask: np.ndarray, share: np.ndarray, image: Image) -> np.ndarray:
    """Alpha in [0, 1] that is at least one half exactly on the mask and fades within a few pixels of its edge."""
    if share.dtype == bool:
        lab = full_lab(image)
        share = guided_upsampling(mask.astype(np.float32), lab, lab, radius=FEATHER_RADIUS)
    near = cv2.dilate(mask.view(np.uint8), np.ones((2 * FEATHER_RADIUS + 1,) * 2, np.uint8)).view(bool)
    deep = cv2.erode(mask.view(np.uint8), np.ones((2 * FEATHER_RADIUS + 1,) * 2, np.uint8)).view(bool)
    alpha = np.where(mask, np.maximum(share, np.float32(0.51)), np.minimum(share, np.float32(0.49)) * near)
    alpha[deep] = 1
    return alpha


def _imported(name: str) -> Any:
    module, _, attribute = name.partition(":")
    if not attribute:
        raise ValueError(f'Expected mask as "package.module:function", got {name!r}.')
    return getattr(import_module(module), attribute)


def _mask_function(mask: Any) -> Callable[[Image], Any]:
    """Whatever the user gave, as a function image -> mask."""
    if isinstance(mask, str):
        mask = _imported(mask)
    for name in ("predict", "transform"):
        if hasattr(mask, name):
            segment = getattr(mask, name)
            return lambda image: segment(image[np.newaxis])[0]
    return mask


def _share_of(result: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A user's mask as bool, or as float32 in [0, 1]."""
    result = np.asarray(result)
    is_label = result.dtype.kind == "i" or (result.dtype.kind == "u" and result.dtype.itemsize > 2)
    if is_label or (result.dtype.kind == "u" and result.max(initial=0) == 1):
        result = result > 0
    result = check_image(result)
    if result.shape[:2] != shape or (result.ndim == 3 and result.shape[2] != 4):
        raise ImageFormatError(f"Expected mask to give a mask of shape {shape} or an RGBA image, got {result.shape}.")
    alpha = result[..., 3] if result.ndim == 3 else result
    return alpha if alpha.dtype == bool else to_float(alpha)


def _has_transparency(image: Image) -> bool:
    alpha = split_alpha(image)[1]
    return alpha is not None and alpha.min() < full_light(alpha.dtype)


class BackgroundRemover(ImageTransformer):
    """Write the foreground of every image into its alpha channel.

    Parameters
    ----------
    method : {"auto", "otsu", "li", "triangle", "sauvola", "border", "grabcut", "saliency"}, default="auto"
        See `segment_foreground`.
    mask : callable, object with predict or transform, str or None, default=None
        A segmentation of your own, such as a deep network, which then replaces `method`: a function image -> mask; a
        fitted estimator whose ``predict`` or ``transform`` takes a batch of images; or the name of either,
        ``"package.module:name"``, which can be stored by skops. The mask is (height, width): bool, 0/1 of any dtype,
        labels in signed integers or in unsigned ones of 32 bits and more (> 0 = foreground), or an image in the range
        of its dtype (at least half = foreground; labels in uint8 would be dark pixels: give ``labels > 0``); or it is
        the alpha plane of an RGBA image.
    components : {"all", "largest", "central", "inside"}, default="all"
        All components of at least 15 % of the largest one's area, the largest, the most central one, or all such
        that do not touch the frame.
    fill_holes : bool, default=True
        Whether background that is enclosed by the object belongs to it.
    soft : bool, default=False
        Whether alpha fades across the edge of the object (at least half = foreground) instead of jumping.
    on_failure : {"keep", "raise"}, default="keep"
        Where no foreground is found: keep the whole picture (alpha full everywhere) or raise `SubjectNotFoundError`.
    random_state : int, default=0
        Seed of ``method="grabcut"``; the other methods draw nothing.

    See Also
    --------
    segment_foreground : The methods, and which one stands in where a mask cannot be believed.

    Notes
    -----
    ``transform(X, mask=masks)`` takes one mask of your own for each image, of the kinds that `mask` may give; in a
    Pipeline it arrives by scikit-learn's metadata routing, asked for with ``set_transform_request(mask=True)``.

    Stateless; images may differ in size. Gray images become RGBA, masks (bool) white RGBA with themselves as alpha.
    An image that already has a transparent pixel has been told its foreground: it comes back as it is. An RGBA image
    that is opaque everywhere is treated like RGB.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import BackgroundRemover, foreground_mask
    >>> image = np.full((60, 80, 3), 240, dtype=np.uint8)
    >>> image[20:40, 30:60] = 200, 30, 60
    >>> removed = BackgroundRemover().fit_transform([image])
    >>> removed.shape, foreground_mask(removed[0]).sum()
    ((1, 60, 80, 4), np.int64(600))
    >>> BackgroundRemover().quality([image])
    array([1.])
    """

    parameter_constraints = {
        "method": [StrOptions(set(METHODS))],
        "mask": [callable, HasMethods("predict"), HasMethods("transform"), str, None],
        "components": [StrOptions(set(COMPONENTS))],
        "fill_holes": ["boolean"],
        "soft": ["boolean"],
        "on_failure": [StrOptions({"keep", "raise"})],
        "random_state": [Interval(Integral, 0, 2**31 - 1, closed="both")],
    }

    def __init__(
        self,
        *,
        method: str = "auto",
        mask: Any = None,
        components: str = "all",
        fill_holes: bool = True,
        soft: bool = False,
        on_failure: str = "keep",
        random_state: int = 0,
    ) -> None:
        self.method = method
        self.mask = mask
        self.components = components
        self.fill_holes = fill_holes
        self.soft = soft
        self.on_failure = on_failure
        self.random_state = random_state

    def quality(self, X: Images) -> np.ndarray:
        """How believable the mask of every image is.

        Parameters
        ----------
        X : batch of images

        Returns
        -------
        quality : float64 ndarray (n_images,)
            In [0, 1]; 0 where no foreground was found and the whole picture kept. Where ``"auto"`` let its cuts vote,
            the intersection over union that it expects of the mask (it correlates with the true one by 0.66 on held-out
            photos); else `mask_quality`.
        """
        find = self._finder()

        def judge(image):
            if _has_transparency(image):
                return mask_quality(foreground_mask(image))
            return find(split_alpha(image)[0]).quality

        return np.array(apply_to_each(judge, self.checked_batch(X)), dtype=np.float64)

    def _finder(self) -> Callable[[Image], Finding]:
        if self.mask is None:
            parameters = (self.method, self.components, self.fill_holes, self.random_state)
            return lambda color: find_foreground(color, *parameters)
        own_mask = _mask_function(self.mask)

        return lambda color: self._finding_of(own_mask(color), color)

    def _finding_of(self, mask: Any, color: np.ndarray) -> Finding:
        share = _share_of(mask, color.shape[:2])
        return Finding(clean_mask(share, self.components, self.fill_holes), share)

    def transform(self, X: Images, *, mask: Sequence[np.ndarray] | None = None) -> Any:
        """Write the foreground mask of every image into its alpha channel.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        mask : array-like of ndarray (height, width) or None, default=None
            A mask of each image, used instead of the method.

        Returns
        -------
        images : ndarray or list of ndarray
            The images with an alpha channel, see `ImageTransformer.transform`.
        """
        return self.transform_batch(X, mask=mask)

    def image_transformer(self) -> Callable[..., Image]:
        find = self._finder()

        def remove(image, mask=None):
            if mask is None and _has_transparency(image):
                return join_alpha(image, image) if image.dtype == bool else image
            color = split_alpha(image)[0]
            mask, share, _ = find(color) if mask is None else self._finding_of(mask, color)
            if not mask.any():
                if self.on_failure == "raise":
                    tried = f"method={self.method!r}" if self.mask is None else "own mask"
                    raise SubjectNotFoundError(
                        f"Expected an image with an object in it, found no foreground ({tried}). "
                        'Try another method or set on_failure="keep".'
                    )
                return join_alpha(color, np.ones(mask.shape, dtype=bool))
            if self.soft:
                return join_alpha(color, _feathered(mask, share, color))
            return join_alpha(color, mask.astype(color.dtype) * color.dtype.type(full_light(color.dtype)))

        return remove
