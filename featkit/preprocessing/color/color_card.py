"""A 24-patch colour card found in an image, and what it says of the light and of the camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from ...image.alpha import flatten_alpha
from ...image.checks import Image, check_image, full_light
from ...image.colorspaces import srgb_to_linear
from ...image.conversions import to_uint8
from ...parameters import check_option
from ._card_fit import METHODS, fit_correction, fit_matrices, is_exposed, light_on_patches, terms
from ._card_grid import FEWEST_CELLS, flat_patches, grids
from ._card_references import (
    EDITIONS,
    N_COLS,
    N_PATCHES,
    N_ROWS,
    color_difference,
    luminance,
    reference_colors,
)

SIZES = (1000, 2000)  # longest side at which a card is looked for
LARGEST_RESIDUAL = 0.045
LARGEST_ROUGH_RESIDUAL = 0.09  # with some patches missing, and colours as they lie under the centres
DARK = 0.05  # luminance of a patch up to which noise and stray light hide in what light it lies
LEAST_SHADED = 2  # patches in another light, of which it is spoken
SAMPLED = 0.22  # half the side of what is measured of a patch, in distances between patches
N_SAMPLES = 15  # along it

_ROW, _COL = np.divmod(np.arange(N_PATCHES), N_COLS)
_CENTERS = np.column_stack([_COL - (N_COLS - 1) / 2, _ROW - (N_ROWS - 1) / 2])  # (x, y) on the card
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [N_COLS / 2, N_ROWS / 2]


@dataclass(frozen=True, eq=False)
class ColorCard:
    """A colour card found in an image; made by `find_color_card`.

    Patches are in reading order: dark skin, light skin, blue sky, foliage, blue flower, bluish green; orange, purplish
    blue, moderate red, purple, yellow green, orange yellow; blue, green, red, yellow, magenta, cyan; white, four grays,
    black.

    Parameters
    ----------
    positions : float64 ndarray (24, 2)
        (row, col) of the centres of the patches.
    outline : float64 ndarray (4, 2)
        (row, col) of the corners of the area of the patches, beginning beside dark skin, clockwise on the card.
    colors : float64 ndarray (24, 3)
        Red, green and blue as they stand in the image, in [0, 1]: the median of the inner part of each patch.
    light : float64 ndarray (24,)
        Light on each patch, 1 on average over the patches that share the light of most; lower in shade.
    is_used : bool ndarray (24,)
        The patches that the correction is fitted on: in that light, no channel at black or overexposed.
    residual : float
        Root mean square difference from the references after the fit of a matrix, the light on every patch taken out,
        in linear light (1 is white). At most 0.045, or it would not have been taken for a card.
    matrix : float64 ndarray (3, 3) or (6, 3)
        The correction for `correct_colors`: columns red, green, blue of linear sRGB; rows the red, green and blue of
        the image in linear light and, for ``"root-polynomial"``, the roots of red * green, green * blue and red * blue.
    error_before, error_after : float64 ndarray (24,)
        CIEDE2000 between every patch and its reference, as it stands in the image and corrected by `matrix`. The
        correction is fitted on the same patches: other colours are met less well.
    edition : {"2014", "2005"}
        The references compared with.

    See Also
    --------
    find_color_card : Finds it.
    correct_colors : Uses it.

    Examples
    --------
    >>> from featkit import find_color_card
    >>> from featkit.datasets import make_color_cards
    >>> card = find_color_card(make_color_cards(1, random_state=0).images[0])
    >>> card.positions.shape, card.colors.shape, card.matrix.shape
    ((24, 2), (24, 3), (3, 3))
    """

    positions: np.ndarray
    outline: np.ndarray
    colors: np.ndarray
    light: np.ndarray
    is_used: np.ndarray
    residual: float
    matrix: np.ndarray
    error_before: np.ndarray
    error_after: np.ndarray
    edition: str

    @property
    def is_lit(self) -> np.ndarray:
        """Patches, bool (24,), in the light of most of the card, a gradient of it aside; the others are in shade."""
        return light_on_patches(1 / self.light, reference_colors(self.edition))[2]

    @property
    def shade(self) -> str:
        """What part of the card is in another light, and what follows for colours; empty where none is."""
        is_shaded = ~self.is_lit & (luminance(reference_colors(self.edition)) > DARK)
        if np.count_nonzero(is_shaded) < LEAST_SHADED:
            return ""
        return (
            f"{np.count_nonzero(is_shaded)} of {N_PATCHES} patches of the color card lie in another light "
            f"({np.median(self.light[is_shaded]):.0%} of that on the others): colors are right in the light of the "
            f"others only (CIEDE2000 {np.median(self.error_after[self.is_lit]):.1f}), what lies in the shade keeps it "
            f"({np.median(self.error_after[is_shaded]):.1f})"
        )


def find_color_card(image: Image, *, method: str = "linear", edition: str = "2014") -> ColorCard | None:
    """Find a 24-patch colour card (ColorChecker Classic) in an image, and fit the correction of its colours.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Where it is transparent no card is seen.
    method : {"linear", "root-polynomial"}, default="linear"
        Of the correction, see `correct_colors`.
    edition : {"2014", "2005"}, default="2014"
        Colours of the references: of cards made since November 2014, or those published in 2005 for the cards made
        before. They differ by 0.9 CIEDE2000 on average, by 2 at most.

    Returns
    -------
    card : ColorCard or None
        The card that fits best; None where there is none, as in every gray image and mask.

    See Also
    --------
    correct_colors : Corrects an image by its card.
    featkit.ColorCardCorrector : The same as a transformer, for each image or a session.

    Notes
    -----
    All 24 patches must lie in the image, at least 12 pixels apart once the longest side has 2000 pixels. At any angle,
    tilted up to 50 degrees, partly in shade, under light of any colour; at most six patches overexposed. Flat patches
    are found first, then the grids that they form; the grid is read from either end. It is a card if its colours are
    those of the references but for a 3 x 3 matrix and the light on each patch, which a grid of other colours or a
    mirrored card never comes near: the residuals of drawn cards reach 0.03, those of other grids begin at 0.1.

    The references are given for D50 and adapted to the D65 of sRGB by Bradford's transform.

    References
    ----------
    C. S. McCamy, H. Marcus and J. G. Davidson, "A color-rendition chart", Journal of Applied Photographic Engineering
    2(3), 1976 (the card). G. Finlayson, H. Gong and R. B. Fisher, "Color homography: theory and applications", IEEE
    Trans. PAMI 41(1), 2019, doi:10.1109/TPAMI.2017.2760833. G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000
    color-difference formula", Color Research and Application 30(1), 2005, doi:10.1002/col.20070.

    Examples
    --------
    >>> from featkit import find_color_card
    >>> from featkit.datasets import make_color_cards
    >>> image = make_color_cards(1, tint="lamp", random_state=0).images[0]
    >>> card = find_color_card(image)
    >>> bool(card.error_before.mean() > 10), bool(card.error_after.mean() < 2)
    (True, True)
    >>> find_color_card(image[:100, :100]) is None
    True
    """
    check_option("method", method, METHODS)
    check_option("edition", edition, EDITIONS)
    image = check_image(image)
    flat = flatten_alpha(image) if image.ndim == 3 else image
    if flat.ndim == 2:
        return None
    references = reference_colors(edition)
    longest = max(flat.shape[:2])
    for size in SIZES:
        small = to_uint8(_shrunk(flat, size / longest))
        plane = _best_plane(small, references)
        if plane is not None:
            break
        if longest <= 1.5 * size:
            return None
    if plane is None:
        return None
    to_image = np.diag([*(np.array(flat.shape[1::-1]) / small.shape[1::-1]), 1.0])
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    plane = np.linalg.inv(half) @ to_image @ half @ plane
    return _card_of(flat, plane, references, method, edition)


def _shrunk(image, scale):
    if scale >= 1:
        return image
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _best_plane(image, references):
    """The map (3 x 3) from the card to (x, y) in the image under which the colours fit best; None for no card."""
    centers, sides = flat_patches(image)
    best, least = None, LARGEST_RESIDUAL
    for cells in grids(centers, sides):
        for plane in _plausible_planes(image, centers, cells, references):
            colors = _measured(image, plane)
            if colors is not None:
                residual = fit_matrices(_linear(colors)[np.newaxis], references, np.ones((1, N_PATCHES), bool))[0][0]
                if residual <= least:
                    best, least = plane, residual
    return best


def _plausible_planes(image, centers, cells, references):
    """Maps from the card to every part of a grid, read from either end, whose colours may be those of the card."""
    filled = cells >= 0
    rows, cols = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    cells = np.pad(cells[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1], N_COLS - 3, constant_values=-1)
    enough = max(FEWEST_CELLS, int(0.7 * min(N_PATCHES, filled.sum())))
    windows = []
    for lying in (cells, np.rot90(cells, -1)):
        if min(lying.shape[0] - N_ROWS, lying.shape[1] - N_COLS) >= 0:
            parts = np.lib.stride_tricks.sliding_window_view(lying, (N_ROWS, N_COLS)).reshape(-1, N_PATCHES)
            windows += [parts, parts[:, ::-1]]
    indices = np.concatenate(windows)
    indices = indices[(indices >= 0).sum(axis=1) >= enough]
    if len(indices) == 0:
        return
    row, col = np.rint(centers[indices]).astype(int).transpose(2, 0, 1)
    present = indices >= 0
    residuals, _ = fit_matrices(_linear(image[row, col] / 255), references, present, n_rounds=6)
    for window in np.flatnonzero(residuals <= LARGEST_ROUGH_RESIDUAL):
        on_card, in_image = _CENTERS[present[window]], centers[indices[window][present[window]]][:, ::-1]
        if np.linalg.matrix_rank(on_card - on_card[0]) < 2:
            continue
        plane, _ = cv2.findHomography(on_card, in_image)
        if plane is not None:
            yield plane


def _measured(image, plane):
    """Colours (24, 3) in [0, 1] of the patches; None where the card does not lie within the image."""
    steps = ((np.arange(N_SAMPLES) + 0.5) / N_SAMPLES * 2 - 1) * SAMPLED
    inner = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    col, row = np.rint(_projected((_CENTERS[:, np.newaxis] + inner).reshape(-1, 2), plane)).T
    if not (row.min() >= 0 and col.min() >= 0 and row.max() < image.shape[0] and col.max() < image.shape[1]):
        return None
    pixels = image[row.astype(int), col.astype(int)].reshape(N_PATCHES, -1, 3)
    return np.median(pixels, axis=1) / full_light(image.dtype)


def _projected(points, plane):
    mapped = np.column_stack([points, np.ones(len(points))]) @ plane.T
    return mapped[:, :2] / mapped[:, 2:]


def _linear(colors):
    return srgb_to_linear(colors.astype(np.float64)).astype(np.float64)


def _card_of(image, plane, references, method, edition):
    colors = _measured(image, plane)
    linear = _linear(colors)
    residuals, gains = fit_matrices(linear[np.newaxis], references, np.ones((1, N_PATCHES), bool))
    light, gradient, is_lit = light_on_patches(gains[0], references)
    is_used = is_lit & is_exposed(linear)
    matrix = fit_correction(linear / gradient[:, np.newaxis], references, is_used, method)
    return ColorCard(
        positions=_projected(_CENTERS, plane)[:, ::-1],
        outline=_projected(_CORNERS, plane)[:, ::-1],
        colors=colors,
        light=light,
        is_used=is_used,
        residual=float(residuals[0]),
        matrix=matrix,
        error_before=color_difference(linear, references),
        error_after=color_difference(terms(linear, method) @ matrix, references),
        edition=edition,
    )
