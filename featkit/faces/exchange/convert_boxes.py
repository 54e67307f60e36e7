"""Convert boxes of other face detectors to (min_row, min_col, max_row, max_col)."""

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from ...parameters import check_option

# where min_row, min_col, max_row, max_col stand in four values of two corners
_CORNERS = {
    "left, top, right, bottom": (1, 0, 3, 2),
    "top, left, bottom, right": (0, 1, 2, 3),
    "top, right, bottom, left": (0, 3, 2, 1),
}
_WITH_SIZE = "x, y, width, height"
BOX_ORDERS = (_WITH_SIZE, *_CORNERS)


def convert_boxes(
    boxes: ArrayLike,
    order: str,
    *,
    inclusive: bool = False,
    image_size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Convert bounding boxes of another face detector to (min_row, min_col, max_row, max_col), half-open.

    Parameters
    ----------
    boxes : array-like (n_faces, 4) or (4,)
        Boxes of the other detector; NaN where there is none.
    order : str
        What the four values are:

        - ``"x, y, width, height"``: OpenCV's YuNet and cascades, MTCNN, MediaPipe, COCO;
        - ``"left, top, right, bottom"``: RetinaFace, InsightFace (SCRFD), face-alignment, torchvision;
        - ``"top, left, bottom, right"``: scikit-image, TensorFlow;
        - ``"top, right, bottom, left"``: face_recognition.
    inclusive : bool, default=False
        Whether the right and the bottom are the last pixels inside, as in dlib's rectangles and in WFLW.
    image_size : (int, int) or None, default=None
        (height, width) of the image in pixels, where values are fractions of its sides, as MediaPipe's and
        TensorFlow's. None: they are pixels.

    Returns
    -------
    boxes : float64 ndarray (n_faces, 4)
        Half-open boxes in pixels, as `featkit.faces.landmarks.face_landmarks` takes one of them.

    Raises
    ------
    LandmarkFormatError
        When there are not four values of each box, or a box has no height or width in this order.
    ValueError
        When `inclusive` is asked for fractions: they have no last pixel.

    See Also
    --------
    convert_landmarks : The same for points.
    featkit.faces.landmarks.face_landmarks : Finds the landmarks in a box.
    featkit.FaceLandmarks : Finds the landmarks in boxes, one for each image.

    Examples
    --------
    >>> from featkit.faces.exchange import convert_boxes
    >>> convert_boxes([[30, 10, 20, 25]], "x, y, width, height")
    array([[10., 30., 35., 50.]])
    >>> convert_boxes([10, 49, 34, 30], "top, right, bottom, left", inclusive=True)
    array([[10., 30., 35., 50.]])
    """
    check_option("order", order, BOX_ORDERS)
    table = np.asarray(boxes, dtype=np.float64)
    if table.ndim not in (1, 2) or table.shape[-1] != 4 or np.isinf(table).any():
        raise LandmarkFormatError(
            f"Expected boxes of four finite values, (n_faces, 4), got shape {table.shape}; of more values, such as a "
            "score behind them, give the first four: boxes[:, :4]."
        )
    if inclusive and image_size is not None:
        raise ValueError("Expected inclusive=True for boxes in pixels only, got fractions (image_size): leave it out.")
    table = table.reshape(-1, 4)
    if order == _WITH_SIZE:
        left, top, width, height = table.T
        corners = np.stack([top, left, top + height, left + width], axis=1)
    else:
        corners = table[:, list(_CORNERS[order])].copy()
        corners[:, 2:] += bool(inclusive)
    if image_size is not None:
        corners *= np.tile(np.asarray(image_size, dtype=np.float64), 2)
    empty = np.flatnonzero((corners[:, 2:] <= corners[:, :2]).any(axis=1))
    if len(empty):
        raise LandmarkFormatError(
            f"Expected boxes as ({order}), got one without height or width, the first in row {empty[0]}: "
            f"{table[empty[0]].tolist()}. Is it in another order? One of {BOX_ORDERS}."
        )
    return corners
