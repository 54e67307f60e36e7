"""Background removal: `BackgroundRemover` writes the foreground into the alpha channel."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import cv2
import numpy as np

from ...base.image_transformer import ImageTransformer
from ...exceptions import SubjectNotFoundError, shown
from ...image.alpha import foreground_mask, split_alpha, with_alpha
from ...image.batches import apply_to_each
from ...image.checks import Image, Images
from ...image.conversions import to_float
from ...image.gray_levels import spread_found
from ...image.masks.conversion import MASK_KINDS, read_mask
from ...image.masks.extents import mask_quality
from ...parameters import FRACTION, HasMethods, StrOptions
from ._guided import guided_upsampling
from .segmentation import (
    COMPONENTS,
    METHODS,
    MIN_FRACTION,
    SEED,
    Finding,
    chosen_foreground,
    find_foreground,
    full_lab,
)

FEATHER_RADIUS = 3  # pixels
_CUT_OUT = 0.005  # least fraction of background in an image that has been told its foreground


def _feathered(mask: np.ndarray, share: np.ndarray, image: Image) -> np.ndarray:
    """Alpha in [0, 1] that is at least one half exactly on the mask and fades within a few pixels of its edge."""
    if share.dtype == bool:
        lab = full_lab(spread_found(image, 14))
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


def _own_alpha(found: Finding) -> np.ndarray:
    """Soft alpha as it was given, but for components that were dropped and holes that were filled."""
    was_foreground = found.share >= 0.5
    alpha = np.where(was_foreground & ~found.mask, np.float32(0), found.share)
    return np.where(found.mask & ~was_foreground, np.float32(1), alpha)


def _is_cut_out(image: Image) -> bool:
    """Whether an image has been told its foreground: more of it is background than stray pixels."""
    if split_alpha(image)[1] is None:
        return False
    n_background = int(np.count_nonzero(~foreground_mask(image)))
    if image.dtype == bool:
        return n_background > 0
    return n_background > 0 and n_background >= _CUT_OUT * image[..., 0].size


def _without_transparent(result: Image, image: Image) -> Image:
    """What is transparent in an image that is not cut out stays so."""
    if split_alpha(image)[1] is not None:
        result[..., 3][~foreground_mask(image)] = 0
    return result


class BackgroundRemover(ImageTransformer):
    """Background removal: write a foreground mask, found or given, into the alpha channel of every image.

    Parameters
    ----------
    method : {"auto", "otsu", "li", "triangle", "sauvola", "border", "grabcut", "saliency", "paper"}, default="auto"
        How the foreground is found, see `segment_foreground`.
    mask : callable, object with predict or transform, str or None, default=None
        A segmentation of your own, such as a deep network, which then replaces `method`: a function image -> mask; a
        fitted estimator whose ``predict`` or ``transform`` takes a batch of images; or the name of either,
        ``"package.module:name"``, which can be stored by skops.
    mask_kind : {"auto", "soft", "labels"}, default="auto"
        What whole numbers in a mask of your own mean, see `featkit.image.to_mask`: soft alpha, at least half being
        foreground, or labels of objects, 0 being background. ``"auto"`` recognises them or raises an error.
    components : {"all", "largest", "central", "inside"}, default="all"
        Which components (8 neighbours) of the foreground are kept: all, the largest, the one nearest to the centre of
        the image, or all that do not touch its border ("inside").
    min_fraction : float in [0, 1] or None, default=None
        Components below this fraction of the area of the largest one (of those inside) are dropped as dust; 0 keeps
        all, such as grains beside a coin. ``"largest"`` has no use for it. None is 0.15 for a `method`, and 0 for a
        mask of your own.
    fill_holes : bool or None, default=None
        Whether background that is enclosed by the object belongs to it. None: with a `method` it does, and a mask of
        your own stays as it is.
    soft : bool, default=False
        Whether alpha fades across the edge of the object (at least half = foreground) instead of jumping. Soft alpha of
        your own is taken as it is.
    on_failure : {"keep", "raise"}, default="keep"
        Where no foreground is found: keep the whole image (alpha full everywhere) or raise `SubjectNotFoundError`. An
        empty mask of your own stays empty, unless it is to raise.
    random_state : int, default=0
        Seed of ``"grabcut"``; the other methods draw nothing.

    See Also
    --------
    segment_foreground : The methods, and which one stands in where a mask cannot be believed.
    featkit.image.to_mask : The kinds of masks.
    featkit.join_alpha : Writes a mask into the alpha channel of a single image.

    Notes
    -----
    ``transform(X, mask=masks)`` takes one mask of your own for each image, of the kinds that `mask` may give; in a
    Pipeline it arrives by scikit-learn's metadata routing, asked for with ``set_transform_request(mask=True)``. A mask
    of your own is kept to the pixel, unless `components`, `min_fraction` or `fill_holes` ask for a change, or touching
    labels have to be kept apart.

    Stateless; images may differ in size. Gray images become RGBA, masks (bool) white RGBA with themselves as alpha.
    An image of which 0.5 % of the pixels and more are background (alpha below one half) has been told its foreground:
    it comes back as it is. With fewer (stray pixels, rounded corners) it is treated like RGB, and these stay
    background.

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
        "mask_kind": [StrOptions(set(MASK_KINDS))],
        "components": [StrOptions(set(COMPONENTS))],
        "min_fraction": [FRACTION, None],
        "fill_holes": ["boolean", None],
        "soft": ["boolean"],
        "on_failure": [StrOptions({"keep", "raise"})],
        "random_state": [SEED],
    }

    def __init__(
        self,
        *,
        method: str = "auto",
        mask: Any = None,
        mask_kind: str = "auto",
        components: str = "all",
        min_fraction: float | None = None,
        fill_holes: bool | None = None,
        soft: bool = False,
        on_failure: str = "keep",
        random_state: int = 0,
    ) -> None:
        self.method = method
        self.mask = mask
        self.mask_kind = mask_kind
        self.components = components
        self.min_fraction = min_fraction
        self.fill_holes = fill_holes
        self.soft = soft
        self.on_failure = on_failure
        self.random_state = random_state

    def quality(self, X: Images) -> np.ndarray:
        """How believable the mask of every image is.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        quality : float64 ndarray (n_images,)
            In [0, 1]; 0 where no foreground was found. Where ``"auto"`` let its cuts vote, the intersection over union
            that it expects of the mask (it correlates with the true one by 0.66 on held-out images); else
            `featkit.image.mask_quality`. Either is multiplied by the fraction of the foreground that was kept when
            components were chosen: grains that vanish beside a coin lower it. Of 200 photos of one object 82 % have one
            half or more, of 60 textures, walls and pieces of background 8 %. In streets, where nothing stands out, it
            says next to nothing (correlation 0.14).
        """
        find = self._finder()

        def judge(image):
            if _is_cut_out(image):
                return mask_quality(foreground_mask(image))
            return find(split_alpha(image)[0]).quality

        return np.array(apply_to_each(judge, self.checked_batch(X)), dtype=np.float64)

    def _finder(self) -> Callable[[Image], Finding]:
        if self.mask is None:
            min_fraction = MIN_FRACTION if self.min_fraction is None else self.min_fraction
            fill_holes = True if self.fill_holes is None else self.fill_holes
            parameters = (self.method, self.components, min_fraction, fill_holes, self.random_state)
            return lambda color: find_foreground(color, *parameters)
        own_mask = _mask_function(self.mask)

        return lambda color: self._finding_of(own_mask(color), color)

    def _finding_of(self, mask: Any, color: np.ndarray) -> Finding:
        share = read_mask(mask, color.shape[:2], self.mask_kind)
        share = share if share.dtype == bool else to_float(share)
        return chosen_foreground(share, self.components, self.min_fraction or 0.0, bool(self.fill_holes))

    def transform(self, X: Images, *, mask: Sequence[np.ndarray] | None = None) -> Any:
        """Write the foreground mask of every image into its alpha channel.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        mask : array-like of ndarray (height, width) or None, default=None
            A mask of each image, used instead of the method, of the kinds that `featkit.image.to_mask` reads.

        Returns
        -------
        images : ndarray or list of ndarray
            The images with an alpha channel, see `ImageTransformer.transform`.
        """
        return self.transform_batch(X, mask=mask)

    def image_transformer(self) -> Callable[..., Image]:
        find, is_own = self._finder(), self.mask is not None

        def remove(image, mask=None):
            if mask is None and _is_cut_out(image):
                return with_alpha(image, image) if image.dtype == bool else image
            color = split_alpha(image)[0]
            found = find(color) if mask is None else self._finding_of(mask, color)
            if not found.mask.any():
                given = is_own or mask is not None
                if self.on_failure == "raise":
                    tried = "own mask" if given else f"method={shown(self.method)}"
                    raise SubjectNotFoundError(
                        f"Expected an image with an object in it, found no foreground ({tried}). "
                        'Try another method or set on_failure="keep".'
                    )
                return with_alpha(color, np.full(found.mask.shape, not given))
            if not self.soft:
                alpha = found.mask
            elif (is_own or mask is not None) and found.share.dtype != bool:
                alpha = _own_alpha(found)
            else:
                alpha = _feathered(found.mask, found.share, color)
            result = with_alpha(color, alpha)
            return result if is_own or mask is not None else _without_transparent(result, image)

        return remove
