"""Image corruptions with amounts in physical units: light, position, sharpness, surroundings."""

import zlib
from collections.abc import Callable
from numbers import Integral, Real

import numpy as np

from ..base.image_transformer import ImageTransformer
from ..image.alpha import flatten_alpha, split_alpha, with_alpha
from ..image.checks import Image, check_image, full_light
from ..image.conversions import to_float, to_uint8
from ..parameters import Interval, StrOptions, check_number, check_option
from ._kinds import KINDS, MOVING

SEED = Interval(Integral, 0, None, closed="left")


def _seed(image: Image, random_state: int) -> list[int]:
    """Seed that the visible image decides, whatever its dtype and the colours under alpha 0."""
    return [random_state, zlib.crc32(to_uint8(flatten_alpha(image)).tobytes())]


def corrupt(image: Image, kind: str, amount: float, random_state: int = 0) -> Image:
    """Corrupt an image by an amount in a physical unit, after MNIST-C: dimmed, shifted, blurred, occluded, ...

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray, RGB, RGBA or a mask.
    kind : str
        Kind of corruption, see the table of `Corrupter`.
    amount : float
        In the unit of the kind, and a number that it can be: a fraction of the area from 0 to 1, a scale above 0.
    random_state : int, default=0
        From 0. With the pixels of the image it decides what is left to chance: direction, sign, position.

    Returns
    -------
    corrupted : ndarray
        Of the same shape and dtype (bool becomes uint8). An alpha channel moves with the image and is otherwise
        unchanged; colours under alpha 0 are those of the mean foreground. The amount of no change gives a copy.

    Raises
    ------
    ImageFormatError
        When `image` is no image.
    InvalidParameterError
        When the kind is unknown, or the amount is none that the kind can have.

    See Also
    --------
    Corrupter : The same as a transformer, with the table of kinds.
    AugmentedClassifier : Trains on corrupted copies.
    featkit.evaluation.corruption_suite : The corruptions of a robustness benchmark.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.augmentation import corrupt
    >>> corrupt(np.full((2, 2), 200, dtype=np.uint8), "brightness", -1)
    array([[100, 100],
           [100, 100]], dtype=uint8)
    """
    check_option("kind", kind, KINDS)
    amount = check_number("amount", amount, KINDS[kind].possible)
    return _corrupted(check_image(image), kind, amount, check_number("random_state", random_state, SEED))


def _corrupted(image: Image, kind: str, amount: float, random_state: int) -> Image:
    color, alpha = split_alpha(image)
    is_mask = color.dtype == bool
    if amount == KINDS[kind].neutral and KINDS[kind].has_no_change:
        return to_uint8(image) if is_mask else image.copy()
    if alpha is not None and not is_mask:  # what is transparent must not bleed in
        color = np.where(alpha[..., np.newaxis] == 0, flatten_alpha(image, "mean"), color)
    white = 255 if is_mask else full_light(color.dtype)
    dtype = np.dtype(np.uint8 if is_mask else color.dtype)
    seed = _seed(image, random_state)
    change = KINDS[kind].change

    def changed(channels: Image) -> Image:
        result = np.clip(change(to_float(channels), amount, np.random.default_rng(seed)), 0, 1) * white
        return np.rint(result).astype(dtype) if dtype.kind == "u" else result.astype(dtype)

    if alpha is None or is_mask:
        return changed(color)
    return with_alpha(changed(color), changed(alpha) if kind in MOVING else alpha)


class Corrupter(ImageTransformer):
    """Image corruptions (MNIST-C kinds) with severities in physical units, for robustness tests and data augmentation.

    Parameters
    ----------
    kind : str, default="shift"
        Kind of corruption, one of the table below.
    amount : float or None, default=None
        In the unit of the kind, and a number that it can be: a fraction of the area from 0 to 1, a scale above 0. None
        takes that of `severity`.
    severity : int from 1 to 5, default=3
        Which of the five amounts of the table.
    spread : bool, default=False
        False: exactly that amount. True: anything from no change up to it, drawn uniformly; for training.
    random_state : int, default=0
        From 0. With the pixels of the image it decides what is left to chance: direction, sign, position. Every
        pipeline sees the same corrupted image.

    See Also
    --------
    corrupt : The same for one image.
    AugmentedClassifier : Trains on corrupted copies.
    featkit.evaluation.corruption_suite : All kinds in all severities, for a robustness benchmark.

    Notes
    -----
    Stateless; images may differ in size. Values that leave the range are clipped; what comes in over the border
    repeats the border pixels. Stops are powers of two of the stored values. Masks (bool) become gray images.

    =============== ================================== ==================================
    kind            unit                               amounts of severity 1 to 5
    =============== ================================== ==================================
    brightness      stops                              -0.5, -1, -1.5, -2, -3
    contrast        factor about the mean              0.75, 0.5, 0.35, 0.25, 0.15
    gamma           exponent or its inverse            1.25, 1.5, 2, 2.5, 3
    color_cast      stops between two channels         0.25, 0.5, 1, 1.5, 2
    light_gradient  stops from side to side            0.5, 1, 1.5, 2, 3
    shadow          stops, on one side of a soft edge  0.5, 1, 1.5, 2, 3
    shift           fraction of the shorter side       0.04, 0.07, 0.11, 0.14, 0.2
    rotation        degrees, either way                5, 10, 15, 20, 30
    scale           factor or its inverse              1.05, 1.1, 1.2, 1.3, 1.5
    shear           degrees, either way                5, 10, 15, 20, 30
    elastic         r.m.s. move, of the shorter side   0.01, 0.02, 0.03, 0.04, 0.06
    blur            sigma, of the shorter side         0.01, 0.02, 0.035, 0.05, 0.08
    noise           standard deviation, white = 1      0.02, 0.05, 0.1, 0.2, 0.3
    jpeg            quality                            60, 40, 25, 15, 8
    occlusion       of the area, flat rectangle        0.02, 0.05, 0.1, 0.15, 0.25
    white_occlusion of the area, white rectangle       0.02, 0.05, 0.1, 0.15, 0.25
    clutter         strength of a real texture behind  0.1, 0.2, 0.35, 0.5, 0.75
                    what is bright
    =============== ================================== ==================================

    References
    ----------
    The kinds follow N. Mu, J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019, arXiv:1906.02337.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Corrupter
    >>> Corrupter(kind="brightness", amount=-1).fit_transform(np.ones((1, 2, 2)))
    array([[[0.5, 0.5],
            [0.5, 0.5]]])
    """

    parameter_constraints = {
        "kind": [StrOptions(set(KINDS))],
        "amount": [Real, None],
        "severity": [Interval(Integral, 1, 5, closed="both")],
        "spread": ["boolean"],
        "random_state": [SEED],
    }

    def __init__(
        self,
        *,
        kind: str = "shift",
        amount: float | None = None,
        severity: int = 3,
        spread: bool = False,
        random_state: int = 0,
    ) -> None:
        self.kind = kind
        self.amount = amount
        self.severity = severity
        self.spread = spread
        self.random_state = random_state

    def image_transformer(self) -> Callable[[Image], Image]:
        kind, random_state = self.kind, self.random_state
        neutral = KINDS[kind].neutral
        given = KINDS[kind].amounts[self.severity - 1] if self.amount is None else self.amount
        amount = check_number("amount", given, KINDS[kind].possible)
        if not self.spread:
            return lambda image: _corrupted(image, kind, amount, random_state)

        def changed(image: Image) -> Image:
            fraction = np.random.default_rng([*_seed(image, random_state), 1]).random()
            return _corrupted(image, kind, neutral + fraction * (amount - neutral), random_state)

        return changed
