"""Take the object out of a photo: `segment_foreground` and `BackgroundRemover`."""

from importlib import import_module

import cv2
import numpy as np
from numba import njit

from ..base import HasMethods, ImageTransformer, Integral, Interval, StrOptions
from ..exceptions import ImageFormatError, SubjectNotFoundError
from ..images import check_image, foreground_mask, full_light, join_alpha, split_alpha, to_float, to_rgb, to_uint8
from ..masks import border_share, drop_small_components, largest_component, mask_quality, most_central_component
from ..masks import fill_holes as fill_all_holes
from .backdrop import LEAST_DISTANCE, backdrop_distance, border_mask, otsu_mask, plain_backdrop
from .guided import guided_upsampling
from .proposals import foreground_prior, vote_for_foreground

SMALL_SIDE = 200  # pixels of the longer side of the copy on which photos are understood
SMALLEST_COMPONENT = 0.15  # of the largest component's area
GLUED = 0.6  # share of the frame from which on a mask is taken for the background
EVERYTHING = 0.98  # share of the picture
GRABCUT_MARGIN = 0.05
GRABCUT_ROUNDS = 5
FEATHER_RADIUS = 3  # pixels
METHODS = ("auto", "otsu", "border", "grabcut", "saliency")
COMPONENTS = {
    "all": lambda mask: drop_small_components(mask, SMALLEST_COMPONENT),
    "largest": largest_component,
    "central": most_central_component,
}


def small_lab(image):
    """CIE Lab (float32, L in [0, 100]) of a picture reduced to at most 200 pixels; smaller ones keep their size."""
    rgb = to_uint8(to_rgb(image))
    height, width = rgb.shape[:2]
    scale = min(1.0, SMALL_SIDE / max(height, width))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        rgb = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(to_float(rgb), cv2.COLOR_RGB2Lab)


def full_lab(image):
    """CIE Lab at full size on the scale of `small_lab`, rounded to 8 bit on the way, which is five times as fast."""
    return _unpacked(cv2.cvtColor(np.ascontiguousarray(to_uint8(to_rgb(image))), cv2.COLOR_RGB2Lab))


@njit(nogil=True, cache=True)
def _unpacked(lab):
    height, width, _ = lab.shape
    result = np.empty((height, width, 3), np.float32)
    for i in range(height):
        for j in range(width):
            result[i, j, 0] = np.float32(lab[i, j, 0]) * np.float32(100 / 255)
            result[i, j, 1] = np.float32(lab[i, j, 1]) - np.float32(128)
            result[i, j, 2] = np.float32(lab[i, j, 2]) - np.float32(128)
    return result


def _is_flat(lab):
    return np.abs(lab - lab[0, 0]).max() < LEAST_DISTANCE


def _auto(image, random_state):
    small = small_lab(image)
    backdrop = plain_backdrop(small)
    if backdrop is not None:
        plane, threshold = backdrop
        return backdrop_distance(full_lab(image), plane) > threshold
    return _enlarged(vote_for_foreground(small)[0], small, image)


def _saliency(image, random_state):
    small = small_lab(image)
    labels, _, log_odds = foreground_prior(small)
    probability = 1 / (1 + np.exp(-log_odds))
    return _enlarged(probability.astype(np.float32)[labels], small, image)


def _enlarged(share, small, image):
    if _is_flat(small) or not share.any():
        return np.zeros(image.shape[:2], dtype=bool)
    return guided_upsampling(share, small, full_lab(image))


def _border(image, random_state):
    return border_mask(full_lab(image), small_lab(image))


def _otsu(image, random_state):
    return otsu_mask(image)


def _grabcut(image, random_state):
    height, width = image.shape[:2]
    top, left = round(GRABCUT_MARGIN * height), round(GRABCUT_MARGIN * width)
    if min(top, left) == 0 or _is_flat(small_lab(image)):  # no background to learn from; minutes on a flat colour
        return np.zeros((height, width), dtype=bool)
    bgr = np.ascontiguousarray(to_uint8(to_rgb(image))[..., ::-1])
    marks = np.zeros((height, width), np.uint8)
    rectangle = (left, top, width - 2 * left, height - 2 * top)
    cv2.setRNGSeed(random_state)  # of this thread; grabCut draws its first clusters from it
    try:
        cv2.grabCut(bgr, marks, rectangle, np.zeros((1, 65)), np.zeros((1, 65)), GRABCUT_ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # flat colours: no mixture can be fitted
        return np.zeros((height, width), dtype=bool)
    return (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD)


SEGMENTERS = {"auto": _auto, "otsu": _otsu, "border": _border, "grabcut": _grabcut, "saliency": _saliency}
FALLBACKS = {
    "auto": ("border", "otsu"),
    "saliency": ("border", "otsu"),
    "grabcut": ("border", "otsu"),
    "border": ("otsu",),
    "otsu": (),
}


def _is_believable(mask):
    return bool(mask.any()) and mask.mean() < EVERYTHING and border_share(mask) < GLUED


def _cleaned(mask, components, fill_holes):
    mask = COMPONENTS[components](mask)
    return fill_all_holes(mask) if fill_holes else mask


def segment_foreground(image, method="auto", *, components="all", fill_holes=True, random_state=0):
    """Find the object of a photo: no box, no clicks, no model to download.

    Parameters
    ----------
    image : ndarray (height, width[, 3])
        Gray or RGB; an alpha plane is ignored.
    method : {"auto", "otsu", "border", "grabcut", "saliency"}, default="auto"
        What tells the object from the background:

        - ``"otsu"``: brightness; the class that is rarer on the border is the object;
        - ``"border"``: distance from a plane of colour fitted to the border, cut at Otsu's threshold;
        - ``"grabcut"``: OpenCV's GrabCut from a rectangle 5 % inside the frame (slow);
        - ``"saliency"``: what stands out from the frame, by superpixels;
        - ``"auto"``: the border's plane where the background is plain; else GrabCut on the superpixels, started from
          the saliency in eleven ways, which vote with the overlap that is expected of them.
    components : {"all", "largest", "central"}, default="all"
        All components of at least 15 % of the largest one's area, the largest, or the most central one.
    fill_holes : bool, default=True
        Whether background that is enclosed by the object belongs to it.
    random_state : int, default=0
        Seed of ``"grabcut"``; the other methods draw nothing.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground. A mask that is empty, covers 98 % of the picture or 60 % of its frame is not believed:
        ``"auto"``, ``"saliency"`` and ``"grabcut"`` fall back to ``"border"``, this one to ``"otsu"``; where none is
        believed, the mask is empty.

    References
    ----------
    C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated graph cuts",
    ACM TOG 23(3), 2004, doi:10.1145/1015706.1015720. The parts of ``"auto"`` name their own in
    `featkit.preprocessing`.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import segment_foreground
    >>> image = np.full((60, 80), 240, dtype=np.uint8)
    >>> image[20:40, 30:60] = 50
    >>> segment_foreground(image).sum()
    np.int64(600)
    """
    return _foreground_share(image, method, components, fill_holes, random_state)[0]


def _foreground_share(image, method, components, fill_holes, random_state):
    """Mask, and the map in [0, 1] (or mask) that it was cut from."""
    color = split_alpha(image)[0]
    for attempt in (method, *FALLBACKS[method]):
        share = SEGMENTERS[attempt](color, random_state)
        mask = _cleaned(share if share.dtype == bool else share >= 0.5, components, fill_holes)
        if _is_believable(mask):
            return mask, share
    return np.zeros(color.shape[:2], dtype=bool), np.zeros(color.shape[:2], dtype=bool)


def _feathered(mask, share, image):
    """Alpha in [0, 1] that is at least one half exactly on the mask and fades within a few pixels of its edge."""
    if share.dtype == bool:
        lab = full_lab(image)
        share = guided_upsampling(mask.astype(np.float32), lab, lab, radius=FEATHER_RADIUS)
    near = cv2.dilate(mask.view(np.uint8), np.ones((2 * FEATHER_RADIUS + 1,) * 2, np.uint8)).view(bool)
    deep = cv2.erode(mask.view(np.uint8), np.ones((2 * FEATHER_RADIUS + 1,) * 2, np.uint8)).view(bool)
    alpha = np.where(mask, np.maximum(share, np.float32(0.51)), np.minimum(share, np.float32(0.49)) * near)
    alpha[deep] = 1
    return alpha


def _imported(name):
    module, _, attribute = name.partition(":")
    if not attribute:
        raise ValueError(f'Expected mask as "package.module:function", got {name!r}.')
    return getattr(import_module(module), attribute)


def _mask_function(mask):
    """Whatever the user gave, as a function image -> mask."""
    if isinstance(mask, str):
        mask = _imported(mask)
    for name in ("predict", "transform"):
        if hasattr(mask, name):
            segment = getattr(mask, name)
            return lambda image: segment(image[np.newaxis])[0]
    return mask


def _share_of(result, shape):
    """A user's mask as bool, or as float32 in [0, 1]."""
    result = np.asarray(result)
    if result.dtype.kind == "i" or (result.dtype.kind == "u" and result.max(initial=0) == 1):
        result = result > 0
    result = check_image(result)
    if result.shape[:2] != shape or (result.ndim == 3 and result.shape[2] != 4):
        raise ImageFormatError(f"Expected mask to give a mask of shape {shape} or an RGBA image, got {result.shape}.")
    alpha = split_alpha(result)[1] if result.ndim == 3 else result
    return alpha if alpha.dtype == bool else to_float(alpha)


class BackgroundRemover(ImageTransformer):
    """Write the foreground of every image into its alpha channel.

    Parameters
    ----------
    method : {"auto", "otsu", "border", "grabcut", "saliency"}, default="auto"
        See `segment_foreground`.
    mask : callable, object with predict or transform, str or None, default=None
        A segmentation of your own, such as a deep network, which then replaces `method`: a function image -> mask; a
        fitted estimator whose ``predict`` or ``transform`` takes a batch of images; or the name of either,
        ``"package.module:name"``, which can be stored by skops. The mask is (height, width): bool, 0/1 or another
        integer label (> 0 = foreground), or an image in the range of its dtype (at least half = foreground); or it is
        the alpha plane of an RGBA image.
    components : {"all", "largest", "central"}, default="all"
        All components of at least 15 % of the largest one's area, the largest, or the most central one.
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

    _parameter_constraints = {
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
        method="auto",
        mask=None,
        components="all",
        fill_holes=True,
        soft=False,
        on_failure="keep",
        random_state=0,
    ):
        self.method = method
        self.mask = mask
        self.components = components
        self.fill_holes = fill_holes
        self.soft = soft
        self.on_failure = on_failure
        self.random_state = random_state

    def quality(self, X):
        """How believable the mask of every image is; see `mask_quality`.

        Parameters
        ----------
        X : batch of images

        Returns
        -------
        quality : float64 ndarray (n_images,)
            In [0, 1]; 0 where no foreground was found and the whole picture kept.
        """
        return np.array([mask_quality(foreground_mask(image)) for image in self.transform(X)])

    def _image_transformer(self):
        own_mask = None if self.mask is None else _mask_function(self.mask)

        def find(image):
            if own_mask is None:
                return _foreground_share(image, self.method, self.components, self.fill_holes, self.random_state)
            share = _share_of(own_mask(image), image.shape[:2])
            return _cleaned(share if share.dtype == bool else share >= 0.5, self.components, self.fill_holes), share

        def remove(image):
            color, alpha = split_alpha(image)
            if alpha is not None and alpha.min() < full_light(alpha.dtype):
                return join_alpha(image, image) if image.dtype == bool else image
            mask, share = find(image)
            if not mask.any():
                if self.on_failure == "raise":
                    raise SubjectNotFoundError(
                        f"Expected an image with an object in it, found no foreground ({self.method=}). "
                        'Try another method or set on_failure="keep".'
                    )
                return join_alpha(color, np.ones(mask.shape, dtype=bool))
            if self.soft:
                return join_alpha(color, _feathered(mask, share, color))
            return join_alpha(color, mask.astype(color.dtype) * color.dtype.type(full_light(color.dtype)))

        return remove
