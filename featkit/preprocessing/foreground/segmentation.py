"""Find the object of an image by Otsu, its border, GrabCut, saliency or what suits it: `segment_foreground`."""

from collections.abc import Callable
from numbers import Integral
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np

from ..._numba import kernel
from ...image.alpha import split_alpha
from ...image.checks import Image, check_image
from ...image.conversions import to_float, to_rgb, to_uint8
from ...image.gray_levels import fine_gray_levels, spread_found
from ...image.masks._component_runs import large_and_filled
from ...image.masks.components import central_component, clear_border, largest_component, remove_small_components
from ...image.masks.components import fill_holes as fill_all_holes
from ...image.masks.extents import foreground_and_border, mask_quality
from ...parameters import FRACTION, Interval, check_number, check_option
from ._backdrop import backdrop_distance, border_mask, is_flat, plain_backdrop
from ._guided import guided_upsampling
from ._paper import paper_mask
from .saliency._proposals import foreground_prior, vote_for_foreground
from .thresholds import is_above_li, is_above_otsu, is_above_triangle, rarer_on_border, sauvola_mask

SMALL_SIDE = 200  # pixels of the longer side of the copy on which images are understood
MIN_FRACTION = 0.15  # of the largest component's area
GLUED = 0.6  # fraction of the border from which on a mask is taken for the background
EVERYTHING = 0.98  # fraction of the image
GRABCUT_MARGIN = 0.05
GRABCUT_ROUNDS = 5
COMPONENTS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "all": remove_small_components,
    "largest": lambda mask, min_fraction: largest_component(mask),
    "central": central_component,
    "inside": lambda mask, min_fraction: remove_small_components(clear_border(mask), min_fraction),
}


def small_lab(image: Image) -> np.ndarray:
    """CIE Lab (float32, L in [0, 100]) of an image reduced to at most 200 pixels; smaller ones keep their size."""
    rgb = to_uint8(to_rgb(image))
    height, width = rgb.shape[:2]
    scale = min(1.0, SMALL_SIDE / max(height, width))
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        rgb = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(to_float(rgb), cv2.COLOR_RGB2Lab)


def full_lab(image: Image) -> np.ndarray:
    """CIE Lab at full size on the scale of `small_lab`, rounded to 8 bit on the way, which is five times as fast."""
    return _unpacked(cv2.cvtColor(np.ascontiguousarray(to_uint8(to_rgb(image))), cv2.COLOR_RGB2Lab))


@kernel
def _unpacked(lab):
    height, width, _ = lab.shape
    result = np.empty((height, width, 3), np.float32)
    for i in range(height):
        for j in range(width):
            result[i, j, 0] = np.float32(lab[i, j, 0]) * np.float32(100 / 255)
            result[i, j, 1] = np.float32(lab[i, j, 1]) - np.float32(128)
            result[i, j, 2] = np.float32(lab[i, j, 2]) - np.float32(128)
    return result


def _auto(image: Image, random_state: int) -> tuple[np.ndarray, float | None]:
    small = small_lab(image)
    backdrop = plain_backdrop(small)
    if backdrop is not None:
        plane, threshold = backdrop
        return backdrop_distance(full_lab(image), plane) > threshold, None
    share, expected_overlap = vote_for_foreground(small)
    return _enlarged(share, small, image), expected_overlap


def _saliency(image: Image, random_state: int) -> tuple[np.ndarray, float | None]:
    small = small_lab(image)
    labels, _, log_odds = foreground_prior(small)
    probability = 1 / (1 + np.exp(-log_odds))
    return _enlarged(probability.astype(np.float32)[labels], small, image), None


def _enlarged(share: np.ndarray, small: np.ndarray, image: Image) -> np.ndarray:
    if is_flat(small) or not share.any():
        return np.zeros(image.shape[:2], dtype=bool)
    return guided_upsampling(share, small, full_lab(image))


def _border(image: Image, random_state: int) -> tuple[np.ndarray, float | None]:
    return border_mask(full_lab(image), small_lab(image)), None


def _by_brightness(mask_of: Callable[[np.ndarray], np.ndarray]) -> "Segmenter":
    return lambda image, random_state: (mask_of(np.ascontiguousarray(fine_gray_levels(image, 0.0))), None)


def _grabcut(image: Image, random_state: int) -> tuple[np.ndarray, float | None]:
    height, width = image.shape[:2]
    top, left = round(GRABCUT_MARGIN * height), round(GRABCUT_MARGIN * width)
    if min(top, left) == 0 or is_flat(small_lab(image)):  # no background to learn from; minutes on a flat colour
        return np.zeros((height, width), dtype=bool), None
    bgr = np.ascontiguousarray(to_uint8(to_rgb(image))[..., ::-1])
    marks = np.zeros((height, width), np.uint8)
    rectangle = (left, top, width - 2 * left, height - 2 * top)
    cv2.setRNGSeed(random_state)  # of this thread; grabCut draws its first clusters from it
    try:
        cv2.grabCut(bgr, marks, rectangle, np.zeros((1, 65)), np.zeros((1, 65)), GRABCUT_ROUNDS, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # flat colours: no mixture can be fitted
        return np.zeros((height, width), dtype=bool), None
    return (marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD), None


# Each gives a mask, or a map in [0, 1] to be cut at one half, and the overlap to be expected where it knows it.
Segmenter: TypeAlias = Callable[[Image, int], tuple[np.ndarray, float | None]]
SEGMENTERS: dict[str, Segmenter] = {
    "auto": _auto,
    "otsu": _by_brightness(lambda gray: rarer_on_border(is_above_otsu(gray))),
    "li": _by_brightness(lambda gray: rarer_on_border(is_above_li(gray))),
    "triangle": _by_brightness(lambda gray: rarer_on_border(is_above_triangle(gray))),
    "sauvola": _by_brightness(sauvola_mask),
    "border": _border,
    "grabcut": _grabcut,
    "saliency": _saliency,
    "paper": lambda image, random_state: (paper_mask(to_uint8(to_rgb(image))), None),
}
METHODS = tuple(SEGMENTERS)
SEED = Interval(Integral, 0, 2**31 - 1, closed="both")
FALLBACKS: dict[str, tuple[str, ...]] = {
    "auto": ("border", "otsu"),
    "saliency": ("border", "otsu"),
    "grabcut": ("border", "otsu"),
    "border": ("otsu",),
    "li": ("otsu",),
    "triangle": ("otsu",),
    "sauvola": ("otsu",),
    "otsu": (),
    "paper": (),
}


def _is_believable(mask: np.ndarray) -> bool:
    n_foreground, on_border = foreground_and_border(mask)
    return 0 < n_foreground < EVERYTHING * mask.size and on_border < GLUED


def segment_foreground(
    image: Image,
    method: str = "auto",
    *,
    components: str = "all",
    min_fraction: float = MIN_FRACTION,
    fill_holes: bool = True,
    random_state: int = 0,
) -> np.ndarray:
    """Foreground segmentation without box or clicks: Otsu, Li, triangle, Sauvola, GrabCut, saliency or what suits.

    Parameters
    ----------
    image : ndarray (height, width[, 3])
        Gray or RGB; an alpha channel is ignored.
    method : {"auto", "otsu", "li", "triangle", "sauvola", "border", "grabcut", "saliency", "paper"}, default="auto"
        What tells the object from the background:

        - ``"otsu"``, ``"li"``, ``"triangle"``: brightness, cut where the classes differ most, where their cross-entropy
          is least, or at the foot of the background's peak; the class that is rarer on the border is the object;
        - ``"sauvola"``: brightness beside that of the surroundings, for writing and drawings in uneven light; of an
          object that is much wider than an eighth of the image it finds the outline, which `fill_holes` fills;
        - ``"border"``: distance from a plane of colour fitted to the border, cut at Otsu's threshold;
        - ``"grabcut"``: OpenCV's GrabCut from a rectangle 5 % inside the border (slow);
        - ``"saliency"``: what stands out from the border, by superpixels;
        - ``"paper"``: whatever lies on a sheet of paper, of which the image may show the edges, or on another even
          surface, in uneven light; cut where the colour is halfway between object and surface;
        - ``"auto"``: the border's plane where the background is plain; else GrabCut on the superpixels, started from
          the saliency in eleven ways, which vote with the overlap that is expected of them.
    components : {"all", "largest", "central", "inside"}, default="all"
        Which components (8 neighbours) of the foreground are kept: all, the largest, the one nearest to the centre of
        the image, or all that do not touch its border ("inside").
    min_fraction : float in [0, 1], default=0.15
        Components below this fraction of the area of the largest one (of those inside) are dropped as dust; 0 keeps
        all, such as grains beside a coin. ``"largest"`` has no use for it.
    fill_holes : bool, default=True
        Whether background that is enclosed by the object belongs to it.
    random_state : int, default=0
        Seed of ``"grabcut"``; the other methods draw nothing.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground. A mask that is empty, covers 98 % of the image or 60 % of its border is not believed:
        ``"auto"``, ``"saliency"`` and ``"grabcut"`` fall back to ``"border"``, this one and the other thresholds to
        ``"otsu"``; where none is believed, and where nothing lies on the paper, the mask is empty.

    See Also
    --------
    featkit.BackgroundRemover : Writes the mask into the alpha channel.
    featkit.image.mask_quality : How believable a mask is.

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
    check_option("method", method, METHODS)
    check_option("components", components, COMPONENTS)
    min_fraction = check_number("min_fraction", min_fraction, FRACTION)
    random_state = check_number("random_state", random_state, SEED)
    color = split_alpha(check_image(image))[0]
    return find_foreground(color, method, components, min_fraction, bool(fill_holes), random_state).mask


class Finding(NamedTuple):
    """What was found, and what it was cut from.

    Attributes
    ----------
    mask : bool ndarray (height, width)
        True = foreground; 0 and another whole number are taken, too.
    share : bool or float32 ndarray (height, width)
        The mask or map in [0, 1] that it was cut from.
    expected_overlap : float or None
        Intersection over union to be expected, where that is known.
    """

    mask: np.ndarray
    share: np.ndarray
    expected_overlap: float | None = None

    @property
    def kept(self) -> float:
        """Fraction of the foreground that was kept when components were chosen."""
        found = self.share >= 0.5
        return float(np.count_nonzero(self.mask & found)) / max(float(np.count_nonzero(found)), 1.0)

    @property
    def quality(self) -> float:
        """How believable the mask is, in [0, 1]."""
        return self.kept * (mask_quality(self.mask) if self.expected_overlap is None else self.expected_overlap)


def chosen_foreground(share: np.ndarray, components: str, min_fraction: float, fill_holes: bool) -> Finding:
    """Cut a map at one half (a mask stays), choose among the components, fill the holes."""
    mask = found = share if share.dtype == bool else share >= 0.5
    if components == "all" and min_fraction > 0 and fill_holes:
        return Finding(large_and_filled(found, min_fraction), share)
    if components != "all" or min_fraction > 0:
        mask = COMPONENTS[components](found, min_fraction)
    return Finding(fill_all_holes(mask) if fill_holes else mask, share)


def find_foreground(
    color: np.ndarray, method: str, components: str, min_fraction: float, fill_holes: bool, random_state: int
) -> Finding:
    """Mask of `segment_foreground` with what it was cut from."""
    color = spread_found(color, 14)
    for attempt in (method, *FALLBACKS[method]):
        share, expected_overlap = SEGMENTERS[attempt](color, random_state)
        found = chosen_foreground(share, components, min_fraction, fill_holes)
        if _is_believable(found.mask):
            return found._replace(expected_overlap=expected_overlap)
    nothing = np.zeros(color.shape[:2], dtype=bool)
    return Finding(nothing, nothing)
