"""A step of a Pipeline that maps sheets upright, at one pixel size for all images."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.image_transformer import ImageTransformer
from ..exceptions import SubjectNotFoundError
from ..image.alpha import split_alpha, with_alpha
from ..image.checks import Image
from ..parameters import POSITIVE, StrOptions
from .find_scale import FINDERS, LEAST_SIDE, _checked
from .rectify import rectify_sheet


class PerspectiveRectifier(ImageTransformer):
    """Perspective rectification: map the sheet in every image upright, to one pixel size, by what lies on it.

    Parameters
    ----------
    kind : {"coin", "disk", "ruler", "bar", "square", "tag", "checkerboard", "sheet"}, default="sheet"
        What gives the scale, see `find_scale`. One that does not determine the perspective (a coin, a ruler) brings
        the image to `pixel_size` alone.
    size : float, or (height, width) for a sheet, default=(210, 297)
        Of that object: diameter, length or side, in the unit of `pixel_size`.
    pixel_size : float, default=0.1
        Side of a pixel of the images that come out: what measurements behind it are told. Half the size that pixels
        have on the sheet keeps all that the image shows.
    on_failure : {"raise", "blank"}, default="raise"
        Where no scale can be believed: raise `SubjectNotFoundError`, or return a transparent image, which gives a row
        of NaN.

    See Also
    --------
    find_scale, rectify_sheet : The functions, which also tell how sure the scale is.
    featkit.measure_photo : All steps from the photo to the measurements.

    Notes
    -----
    Stateless. Mixed sizes are welcome; the images that come out differ in size as the sheets do. The dtype is kept, of
    masks it is uint8. Beyond the image its border is repeated. The scale object stays in the image: choose objects by
    their size, or use `featkit.measure_photo`, which leaves it out.

    Examples
    --------
    >>> from featkit import BackgroundRemover, ObjectTable
    >>> from featkit.datasets import make_sheets
    >>> from featkit.scale import PerspectiveRectifier
    >>> from sklearn.pipeline import make_pipeline
    >>> sheets = make_sheets(1, scale="sheet", random_state=0)
    >>> rectifier = PerspectiveRectifier(size=(210, 297), pixel_size=0.15)
    >>> rectifier.fit_transform(sheets.images).shape
    (1, 1400, 1980, 3)
    """

    parameter_constraints = {
        "kind": [StrOptions(set(FINDERS))],
        "size": [POSITIVE, tuple, list],
        "pixel_size": [POSITIVE],
        "on_failure": [StrOptions({"raise", "blank"})],
    }

    def __init__(
        self,
        *,
        kind: str = "sheet",
        size: float | tuple[float, float] = (210, 297),
        pixel_size: float = 0.1,
        on_failure: str = "raise",
    ) -> None:
        self.kind = kind
        self.size = size
        self.pixel_size = pixel_size
        self.on_failure = on_failure

    def image_transformer(self) -> Callable[[Image], Image]:
        given: dict[str, Any] = dict.fromkeys(("color", "count", "dictionary", "corners"))
        _checked(self.kind, self.size, given, None)
        finder, size, pixel_size, on_failure = FINDERS[self.kind][0], self.size, self.pixel_size, self.on_failure

        def rectify(image: Image) -> Image:
            reason = f"an image of {image.shape[0]} x {image.shape[1]} pixels is too small to show one"
            if min(image.shape[:2]) >= LEAST_SIDE:
                scale = finder(image, size)
                if scale.is_known:
                    return rectify_sheet(image, scale, pixel_size=pixel_size)[0]
                reason = scale.reason
            if on_failure == "raise":
                raise SubjectNotFoundError(
                    f'Expected an image with a scale in it: {reason}. Set on_failure="blank" to go on with NaN.'
                )
            return with_alpha(split_alpha(image)[0], np.zeros(image.shape[:2], bool))

        return rectify
