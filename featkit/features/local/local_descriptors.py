"""Local descriptors: SIFT, ORB, AKAZE, KAZE and BRISK at keypoints, gradient histograms of patches on a dense grid."""

from collections.abc import Sequence

import cv2
import numpy as np

from ...exceptions import MissingDependencyError
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from ...image.gray_levels import fine_gray_levels, gray_levels
from ...parameters import COUNT, check_number, check_option
from ..gradients._hog_of_stack import hog_of_stack

DESCRIPTOR_LENGTHS = {"dense": 128, "sift": 128, "orb": 256, "akaze": 488, "kaze": 64, "brisk": 512}
DESCRIPTORS = tuple(DESCRIPTOR_LENGTHS)
PATCH_CELLS = 4  # a dense patch has 4 x 4 cells of 8 directions, as SIFT's


def local_descriptors(image: Image, descriptor: str = "dense", *, cell_size: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Local descriptors: SIFT, ORB, AKAZE, KAZE or BRISK at keypoints, or a dense grid of gradient histograms.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Only patches whose centre lies in the foreground are described.
    descriptor : {"dense", "sift", "orb", "akaze", "kaze", "brisk"}, default="dense"
        "dense": a trilinear signed HOG of 4 x 4 cells and 8 directions around every corner of a grid of cells: SIFT's
        descriptor, upright and of one size. "sift": at scale-space extrema, rotated and scaled, each the square root
        of its fraction (RootSIFT). "orb": 256 brightness comparisons as 0 and 1, at FAST corners. "akaze" and
        "brisk": comparisons of other kinds, 0 and 1; "kaze": 64 sums of gradients, of length 1. The last three are in
        OpenCV 4 and in OpenCV 5's contrib package, not in its main one.
    cell_size : int >= 1, default=4
        Side of the cells of "dense" in pixels; a patch is four cells wide.

    Returns
    -------
    positions : float32 ndarray (n_keypoints, 2)
        Row and column, divided by the height and width of the image.
    descriptors : float32 ndarray (n_keypoints, length)
        The length is 128 for "dense" and "sift", 256 for "orb", 488 for "akaze", 64 for "kaze", 512 for "brisk". There
        may be none.

    Raises
    ------
    MissingDependencyError
        When the installed OpenCV does not have the descriptor.

    See Also
    --------
    featkit.features.local.BagOfVisualWords : Histograms of the words they fall into.
    featkit.features.local.vlad : Encodes them by the nearest word.
    featkit.features.local.fisher_vector : Encodes them by a Gaussian mixture.

    References
    ----------
    D. G. Lowe, "Distinctive image features from scale-invariant keypoints", IJCV 60, 2004,
    doi:10.1023/B:VISI.0000029664.99615.94. R. Arandjelovic, A. Zisserman, "Three things everyone should know to improve
    object retrieval", CVPR 2012, doi:10.1109/CVPR.2012.6248018. E. Rublee et al., "ORB: an efficient alternative to
    SIFT or SURF", ICCV 2011, doi:10.1109/ICCV.2011.6126544.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit.features.local import local_descriptors
    >>> positions, descriptors = local_descriptors(camera()[:64, :64])
    >>> positions.shape, descriptors.shape
    ((169, 2), (169, 128))
    """
    cell_size = check_number("cell_size", cell_size, COUNT)
    check_option("descriptor", descriptor, DESCRIPTORS)
    return describe_places(check_image(image), descriptor, cell_size)


def describe_places(image: Image, descriptor: str, cell_size: int) -> tuple[np.ndarray, np.ndarray]:
    mask = foreground_mask(image)
    if descriptor == "dense":
        gray = fine_gray_levels(image, "mean")
        places, descriptors = _dense(gray, mask, int(cell_size))
    else:
        gray = gray_levels(image, "mean")
        places, descriptors = _keypoints(gray, mask, descriptor)
    return (places / np.array(gray.shape, np.float32)).astype(np.float32), descriptors.astype(np.float32, copy=False)


def _dense(gray: np.ndarray, mask: np.ndarray, cell_size: int) -> tuple[np.ndarray, np.ndarray]:
    grid = [side // cell_size - PATCH_CELLS + 1 for side in gray.shape]
    if min(grid) < 1:
        return np.empty((0, 2)), np.empty((0, DESCRIPTOR_LENGTHS["dense"]))
    descriptors = hog_of_stack(
        gray[np.newaxis],
        orientations=8,
        pixels_per_cell=(cell_size, cell_size),
        cells_per_block=(PATCH_CELLS, PATCH_CELLS),
        block_norm="L2-Hys",
        transform_sqrt=False,
        voting="trilinear",
        signed=True,
        window_sigma=None,
        background=0.0,
    ).reshape(grid[0] * grid[1], -1)
    places = (np.indices(grid).reshape(2, -1).T + PATCH_CELLS / 2) * cell_size
    inside = mask[*places.astype(int).T]
    return places[inside], descriptors[inside]


def _keypoints(gray: np.ndarray, mask: np.ndarray, descriptor: str) -> tuple[np.ndarray, np.ndarray]:
    finder = _finder_of(descriptor.upper())  # native handles live for one call only
    keypoints: Sequence[cv2.KeyPoint] = ()
    if min(gray.shape) > 1:
        keypoints, descriptors = finder.detectAndCompute(gray, None if mask.all() else mask.view(np.uint8))
    if not keypoints:
        return np.empty((0, 2)), np.empty((0, DESCRIPTOR_LENGTHS[descriptor]))
    places = np.array([keypoint.pt[::-1] for keypoint in keypoints]) + 0.5  # from the border, not a pixel's centre
    if descriptor == "kaze":
        return places, descriptors
    if descriptor != "sift":
        return places, np.unpackbits(np.asarray(descriptors, np.uint8), axis=1)
    return places, np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-7))


def _finder_of(name: str) -> cv2.Feature2D:
    for module in (cv2, getattr(cv2, "xfeatures2d", None)):
        if hasattr(module, name):
            return getattr(module, name).create()
    raise MissingDependencyError(
        f"OpenCV {cv2.__version__} does not have {name}: version 5 keeps it in another package. Replace "
        'opencv-python-headless: pip install "opencv-python-headless<5" or pip install opencv-contrib-python-headless',
        name=f"cv2.{name}",
    )
