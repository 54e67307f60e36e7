"""What was found out about the size of an image's pixels: the value, how sure it is, and where it comes from."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from ..image.checks import Box, Image
from ._fitting.lens import distorted, undistorted
from ._fitting.planes import transform

BLURRED = np.ones((5, 5), np.uint8)  # around a pixel of the scale object
BARELY = 0.05  # of a pixel that an outline touches and the box leaves out


@dataclass(frozen=True, eq=False)
class Scale:
    """Size of the pixels of an image, where it comes from and how sure it is.

    Parameters
    ----------
    kind : str
        What gave the scale: "coin", "disk", "ruler", "bar", "square", "tag", "checkerboard", "sheet", or the kind of
        metadata.
    pixel_size : tuple of two float
        Height and width of a pixel in `unit`; NaN where no scale can be believed.
    unit : str
        Of the lengths.
    shape : tuple of two int
        Height and width of the image that `pixel_size`, `mask` and `outlines` are about.
    count : int
        Number of scale objects that were used.
    outlines : tuple of float ndarrays (n_points, 2)
        Outline of each scale object, (row, col), pixel centres being whole numbers.
    residual : float
        Root mean square distance between the edges seen and the shape fitted to them, in pixels.
    error : float
        Expected relative error of `pixel_size` at the scale object (one standard deviation).
    tilt : float
        Estimated angle between the sheet and the sensor in degrees, NaN where the object cannot tell.
    tilt_error : float
        Largest relative error of an area that is expected anywhere on the image when `pixel_size` is taken for all of
        it, 0.03 for 3 %. A length errs by about two thirds of it along the tilt and one third across.
    rectified_error : float
        What would be left of it after rectifying, two standard deviations; NaN where `homography` is None.
    homography : float64 ndarray (3, 3) or None
        From (row, col, 1) in the image, without the distortion of the lens, to (row, col) on the sheet in `unit`; None
        where the object does not determine it well enough for areas to be more accurate by it than by one pixel size.
    distortion : float
        Radial distortion of the lens, which a checkerboard shows: what lies ``r`` half diagonals from the middle of the
        image would lie at ``r / (1 + distortion * r**2)`` by a lens without it (division model, Fitzgibbon 2001,
        doi:10.1109/CVPR.2001.990465). Negative for a barrel.
    rectified : bool
        Whether `image` is the sheet seen from straight above.
    limits : float ndarray (n_points, 2) or None
        Outline of the part of a rectified image that the input shows; None where it shows all of it.
    image : ndarray or None
        The image to measure, where `find_scale` was asked to rectify: the input itself where that would not help.
    reason : str
        Why there is no scale; empty where there is one.

    See Also
    --------
    find_scale : Finds it in an image.
    read_pixel_size : Reads it from the metadata of a file.

    Examples
    --------
    >>> from featkit.scale import Scale
    >>> Scale("coin", (0.05, 0.05), "mm", (480, 640)).is_known
    True
    """

    kind: str
    pixel_size: tuple[float, float]
    unit: str
    shape: tuple[int, int]
    count: int = 0
    outlines: tuple[np.ndarray, ...] = ()
    residual: float = float("nan")
    error: float = float("nan")
    tilt: float = float("nan")
    tilt_error: float = float("nan")
    rectified_error: float = float("nan")
    homography: np.ndarray | None = None
    distortion: float = 0.0
    rectified: bool = False
    limits: np.ndarray | None = None
    image: Image | None = field(default=None, repr=False)
    reason: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a scale."""
        return bool(np.isfinite(self.pixel_size).all())

    def to_sheet(self, points: np.ndarray) -> np.ndarray:
        """Map positions in the image to the sheet.

        Parameters
        ----------
        points : float ndarray (n_points, 2)
            (row, col), pixel centres being whole numbers.

        Returns
        -------
        points : float64 ndarray (n_points, 2)
            (row, col) in `unit`: by `homography` and `distortion`, or by `pixel_size` where there is no homography;
            NaN where the scale is not known.
        """
        points = np.asarray(points, np.float64)
        if self.homography is None:
            return points * self.pixel_size
        return transform(undistorted(points, self.distortion, self.shape), self.homography)

    def to_image(self, points: np.ndarray) -> np.ndarray:
        """Map positions on the sheet to the image, the other way than `to_sheet`.

        Parameters
        ----------
        points : float ndarray (n_points, 2)
            (row, col) in `unit`.

        Returns
        -------
        points : float64 ndarray (n_points, 2)
            (row, col) in the image.
        """
        points = np.asarray(points, np.float64)
        if self.homography is None:
            return points / self.pixel_size
        return distorted(transform(points, np.linalg.inv(self.homography)), self.distortion, self.shape)

    @property
    def mask(self) -> np.ndarray:
        """Pixels that belong to the scale object, to be left out of the objects; bool ndarray (height, width).

        For a sheet these are the pixels outside of it, and in a rectified image those that the input does not show.
        A border of two pixels, where blur mixes the colors, is included.
        """
        mask = np.zeros(self.shape, np.uint8)
        for outline in self.outlines:
            if self.kind != "sheet":
                _widened(mask, outline)
        for outline in (
            *(self.outlines if self.kind == "sheet" else ()),
            *(() if self.limits is None else (self.limits,)),
        ):
            inner = _filled(np.zeros_like(mask), outline)
            inner = cv2.erode(inner, BLURRED, dst=inner)
            np.logical_not(inner, out=inner.view(bool))
            cv2.bitwise_or(mask, inner, dst=mask)
        return mask.view(bool)

    @property
    def box(self) -> Box | None:
        """Half-open box (min_row, min_col, max_row, max_col) around the outlines within the image; None without."""
        if not self.outlines:
            return None
        points = np.vstack(self.outlines)
        low = np.clip(np.floor(points.min(axis=0) + 0.5 + BARELY), 0, self.shape).astype(int)
        high = np.clip(np.ceil(points.max(axis=0) + 0.5 - BARELY), 0, self.shape).astype(int)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _filled(mask: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """The mask with ones within an outline, in place."""
    points = [np.rint(np.clip(outline[:, ::-1], -1e6, 1e6) * 256).astype(np.int32)]
    return cv2.fillPoly(mask, points, 1, shift=8)


def _widened(mask: np.ndarray, outline: np.ndarray) -> None:
    """Ones within an outline and on the border around it, in place."""
    reach = len(BLURRED) // 2 + 2
    low = np.clip(np.floor(outline.min(axis=0)) - reach, 0, mask.shape).astype(int)
    high = np.clip(np.ceil(outline.max(axis=0)) + reach + 1, 0, mask.shape).astype(int)
    part = mask[low[0] : high[0], low[1] : high[1]]
    if part.size:
        cv2.bitwise_or(part, cv2.dilate(_filled(np.zeros_like(part), outline - low), BLURRED), dst=part)


def no_scale(kind: str, unit: str, shape: tuple[int, int], reason: str) -> Scale:
    """A scale that is not known, and why."""
    return Scale(kind, (float("nan"), float("nan")), unit, shape, reason=reason)
