"""True colours: images corrected by what a colour card in them, or in another image of the session, shows."""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ..._numba import kernel
from ...base.image_transformer import ImageTransformer
from ...exceptions import ColorCardWarning, ImageFormatError, SubjectNotFoundError
from ...image.alpha import split_alpha
from ...image.checks import Image, check_image
from ...image.colorspaces import linear_to_srgb, srgb_to_linear
from ...parameters import StrOptions
from ..light._tones import as_dtype, beside_alpha
from ._card_fit import METHODS, fit_correction, light_on_patches, terms
from ._card_references import EDITIONS, color_difference, reference_colors
from .color_card import ColorCard, find_color_card

SCOPES = ("image", "session")
N_LEVELS = 65536  # of linear light, from which 8-bit values are looked up
NO_CARD = (
    "Expected an image with a 24-patch colour card in it, found none: it must be seen whole and not mirrored, "
    "its patches at least 12 pixels apart, and not be overexposed."
)


def correct_colors(
    image: Image, card: ColorCard | None = None, *, method: str = "linear", edition: str = "2014"
) -> Image:
    """Correct the colours of an image by a 24-patch colour card (ColorChecker Classic).

    Parameters
    ----------
    image : ndarray (height, width, 3 or 4)
        RGB or RGBA.
    card : ColorCard or None, default=None
        What `find_color_card` found in another image, taken under the same light by the same camera and settings: its
        matrix is used. None finds the card in the image itself.
    method : {"linear", "root-polynomial"}, default="linear"
        Where the card is found here. ``"linear"``: a 3 x 3 matrix. ``"root-polynomial"``: 6 x 3, with the roots of the
        products of two channels as well, which follows a camera whose sensitivities are no mixture of the eye's, and
        does not depend on exposure either (degree 2).
    edition : {"2014", "2005"}, default="2014"
        Of the card's references, see `find_color_card`.

    Returns
    -------
    corrected : ndarray (height, width, 3 or 4)
        sRGB for D65, of the dtype of the image, cut off at black and full light. Alpha stays, colour under alpha 0 is
        0.

    Raises
    ------
    SubjectNotFoundError
        When no card was given and the image holds none.
    ImageFormatError
        When the image has no colours.

    Warns
    -----
    ColorCardWarning
        When a part of the card found here lies in shade, so that the correction is right beside the shade only.

    See Also
    --------
    find_color_card : Where the card lies, and the error before and after.
    white_balance : Without a card.

    Notes
    -----
    Works in linear light: the sRGB curve is undone before and laid on again. The matrix minimises the squared
    difference from the references, weighed by the slope of lightness, over the patches that lie in the light of most of
    the card, a gradient of light over the card taken out. Brightness is set, too: the white patch gets the lightness of
    its reference. The correction is one for the whole image: shade and gradients of light stay in it. A camera that
    bends its tones by more than the sRGB curve is met less well.

    References
    ----------
    G. D. Finlayson, M. Mackiewicz and A. Hurlbert, "Color correction using root-polynomial regression", IEEE Trans.
    Image Processing 24(5), 2015, doi:10.1109/TIP.2015.2405336.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.datasets import make_color_cards
    >>> from featkit.preprocessing.color import correct_colors, find_color_card
    >>> cards = make_color_cards(1, tint="lamp", random_state=0)
    >>> corrected = correct_colors(cards.images[0])
    >>> bool(np.median(find_color_card(corrected).error_before) < 2)
    True
    """
    color, alpha = split_alpha(check_image(image))
    if color.ndim != 3:
        raise ImageFormatError(
            f"Expected an RGB or RGBA image, got shape {image.shape}: gray has no colours to correct."
        )
    if card is None:
        card = find_color_card(image, method=method, edition=edition)
        if card is None:
            raise SubjectNotFoundError(NO_CARD)
        _warn_of_shade(card)
    return beside_alpha(_corrected(color, card.matrix), alpha)


def _warn_of_shade(card: ColorCard) -> None:
    if card.shade:
        warnings.warn(f"{card.shade[0].upper()}{card.shade[1:]}.", ColorCardWarning, stacklevel=3)


def _corrected(color: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    linear = srgb_to_linear(color)
    light = np.empty(linear.shape, np.float32)
    _mix(linear.reshape(-1), np.asarray(matrix, np.float32), light.reshape(-1))
    if color.dtype == np.uint8:
        levels = as_dtype(linear_to_srgb(np.arange(N_LEVELS, dtype=np.float32) / (N_LEVELS - 1)), np.uint8)
        return np.take(levels, np.rint(light * np.float32(N_LEVELS - 1)).astype(np.uint16))
    return as_dtype(linear_to_srgb(light.astype(np.float64)), color.dtype)


@kernel
def _mix(linear, matrix, light):
    """Columns of the matrix over red, green, blue and, where it has six rows, the roots of their products."""
    has_roots = len(matrix) == 6
    zero, one = np.float32(0), np.float32(1)
    for k in range(0, len(linear), 3):
        red, green, blue = linear[k], linear[k + 1], linear[k + 2]
        red_green = green_blue = red_blue = zero
        if has_roots:
            red_green, green_blue, red_blue = np.sqrt(red * green), np.sqrt(green * blue), np.sqrt(red * blue)
        for channel in range(3):
            value = red * matrix[0, channel] + green * matrix[1, channel] + blue * matrix[2, channel]
            if has_roots:
                value += (
                    red_green * matrix[3, channel] + green_blue * matrix[4, channel] + red_blue * matrix[5, channel]
                )
            light[k + channel] = min(max(value, zero), one)


class ColorCardCorrector(ImageTransformer):
    """Correct the colours of images by the 24-patch colour card in each of them, or in one image of the session.

    Parameters
    ----------
    method : {"linear", "root-polynomial"}, default="linear"
        Of the correction, see `correct_colors`.
    scope : {"image", "session"}, default="image"
        ``"image"``: every image holds a card of its own. ``"session"``: the images given to fit hold cards, at least
        one of them; one correction is fitted to all their patches, and applied to every image, with a card or without.
    edition : {"2014", "2005"}, default="2014"
        Of the card's references, see `find_color_card`.
    on_failure : {"raise", "keep"}, default="raise"
        Where an image holds no card though it needs one (``scope="image"``): raise `SubjectNotFoundError`, or return it
        as it is with a `ColorCardWarning`. A session without any card always raises.

    Attributes
    ----------
    matrix_ : float64 ndarray (3, 3) or (6, 3)
        The correction of a session, see `ColorCard`.
    n_cards_ : int
        Cards found in the images given to fit.
    error_before_, error_after_ : float64 ndarray (n_cards, 24)
        CIEDE2000 of every patch as it was and as corrected. All four are set for ``scope="session"`` only.

    See Also
    --------
    find_color_card, correct_colors : The functions.
    WhiteBalancer : Without a card.

    Notes
    -----
    Mixed sizes; kind and dtype kept; alpha kept. Gray images and masks have no colours and hold no card: they raise, or
    with ``on_failure="keep"`` and in a session are returned as they are. For a session the camera's exposure and white
    balance must be fixed, and the light too.

    Examples
    --------
    >>> from featkit import ColorCardCorrector
    >>> from featkit.datasets import make_color_cards
    >>> cards = make_color_cards(2, tint="lamp", random_state=0)
    >>> corrector = ColorCardCorrector(scope="session").fit(cards.images[:1])
    >>> corrector.transform(cards.images).shape == cards.images.shape
    True
    >>> bool(corrector.error_after_.mean() < corrector.error_before_.mean() / 4)
    True
    """

    parameter_constraints = {
        "method": [StrOptions(set(METHODS))],
        "scope": [StrOptions(set(SCOPES))],
        "edition": [StrOptions(set(EDITIONS))],
        "on_failure": [StrOptions({"raise", "keep"})],
    }

    def __init__(
        self, *, method: str = "linear", scope: str = "image", edition: str = "2014", on_failure: str = "raise"
    ) -> None:
        self.method = method
        self.scope = scope
        self.edition = edition
        self.on_failure = on_failure

    @property
    def requires_fit(self) -> bool:  # type: ignore[override]
        return self.scope == "session"

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        if self.scope == "image":
            return
        found = (find_color_card(image, method=self.method, edition=self.edition) for image in images)
        cards = [card for card in found if card is not None]
        if not cards:
            raise SubjectNotFoundError(f"{NO_CARD} None of the {len(images)} images given to fit holds one.")
        references = np.tile(reference_colors(self.edition), (len(cards), 1))
        colors = np.concatenate([srgb_to_linear(card.colors) for card in cards]).astype(np.float64)
        lights = [light_on_patches(1 / card.light, reference_colors(self.edition)) for card in cards]
        gradients = np.concatenate([gradient for _, gradient, _ in lights])[:, np.newaxis]
        is_used = np.concatenate([card.is_used for card in cards])
        self.matrix_ = fit_correction(colors / gradients, references, is_used, self.method)
        self.n_cards_ = len(cards)
        self.error_before_ = np.stack([card.error_before for card in cards])
        corrected = terms(colors, self.method) @ self.matrix_
        self.error_after_ = color_difference(corrected, references).reshape(len(cards), -1)

    def image_transformer(self) -> Callable[[Image], Image]:
        if self.scope == "session":
            matrix = self.matrix_
            return lambda image: _with_matrix(image, matrix)
        method, edition, on_failure = self.method, self.edition, self.on_failure

        def correct(image):
            card = find_color_card(image, method=method, edition=edition)
            if card is not None:
                _warn_of_shade(card)
                return _with_matrix(image, card.matrix)
            if on_failure == "raise":
                raise SubjectNotFoundError(f'{NO_CARD} Set on_failure="keep" to go on.')
            warnings.warn("An image holds no colour card and keeps its colours.", ColorCardWarning, stacklevel=2)
            return image

        return correct


def _with_matrix(image, matrix):
    color, alpha = split_alpha(image)
    return image if color.ndim == 2 else beside_alpha(_corrected(color, matrix), alpha)
