"""Pixel size from the metadata of image files: OME, ImageJ and TIFF, and on demand EXIF, JFIF and PNG."""

import warnings
from dataclasses import replace

from ..exceptions import ScaleNotFoundWarning, shown
from ..io.metadata.physical_size import METERS, read_physical_size
from ..io.reading import path_of
from ..io.sources import Source
from ..parameters import InvalidParameterError
from .result import Scale, no_scale


def read_pixel_size(
    source: Source,
    *,
    unit: str = "mm",
    print_resolution: bool = False,
    page: int | None = None,
    shape: tuple[int, int] | None = None,
    name: str | None = None,
) -> Scale:
    """Pixel size that the metadata of an image file state.

    Parameters
    ----------
    source : str, PathLike, bytes or binary file object
        An image file or its content; a path may name a page (``stack.tif#page=3``).
    unit : str, default="mm"
        In which `pixel_size` is given, such as "nm", "um", "mm", "cm", "m" or "inch".
    print_resolution : bool, default=False
        Believe the resolution in EXIF, JFIF and PNG (pHYs) as well, where cameras and programs write what is meant for
        printing and scanners the truth. 72, 96 and 100 dots per inch and 1 : 1 are never believed.
    page : int or None, default=None
        Page of a TIFF file of which the resolution is read, see `featkit.read_image`.
    shape : (height, width) or None, default=None
        Of the image as it was read, where that was at a reduced size (``read_image(min_size=)``).
    name : str or None, default=None
        Of the file, for the warning; None takes the path.

    Returns
    -------
    scale : Scale
        `kind` says what was believed: "OME", "ImageJ", "TIFF", "EXIF", "JFIF" or "PNG". Height and width of a pixel
        stand apart, as they are in the image turned upright. NaN where nothing states a physical size.

    Warns
    -----
    ScaleNotFoundWarning
        When there is no physical size; names the file.

    Raises
    ------
    ImageReadError
        When the file cannot be read.
    InvalidParameterError
        When the unit is unknown.

    See Also
    --------
    find_scale : From an object of known size in the image.

    References
    ----------
    OME-XML: Goldberg et al., The Open Microscopy Environment (OME) data model and XML file, Genome Biology 2005,
    doi:10.1186/gb-2005-6-5-r47

    Examples
    --------
    >>> import io, numpy as np, tifffile
    >>> from featkit.scale import read_pixel_size
    >>> file = io.BytesIO()
    >>> tifffile.imwrite(file, np.zeros((8, 9), np.uint8), resolution=(400, 400), resolutionunit="CENTIMETER")
    >>> scale = read_pixel_size(file.getvalue())
    >>> scale.kind, scale.pixel_size
    ('TIFF', (0.025, 0.025))
    """
    if unit not in METERS:
        raise InvalidParameterError(f"The 'unit' parameter must be one of {tuple(METERS)}, got {shown(unit)}.")
    stated = read_physical_size(source, print_resolution=print_resolution, page=page)
    seen = stated.shape if shape is None else (int(shape[0]), int(shape[1]))
    if stated.kind is None:
        reason = "its metadata state no physical size"
        if not print_resolution and (of_prints := read_physical_size(source, print_resolution=True, page=page).kind):
            reason += f", but a resolution for printing ({of_prints}), right of a scan: scale 'print' believes it"
        scale = no_scale("metadata", unit, seen, reason)
        label = name or path_of(source) or "the file"
        warnings.warn(
            f"No scale in {label}: {scale.reason}. Its pixel size is NaN.", ScaleNotFoundWarning, stacklevel=2
        )
        return scale
    height, width = (
        side / METERS[unit] * whole / part for side, whole, part in zip(stated.pixel_size, stated.shape, seen)
    )
    return replace(no_scale(stated.kind, unit, seen, ""), pixel_size=(height, width), tilt_error=0.0)
