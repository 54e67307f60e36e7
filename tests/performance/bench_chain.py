"""CPU time of the whole chain, from JPEG file to row, on one thread: beside decoding alone, and beside scikit-image.

The photos go through it in chunks, as `ChunkedTransformer` and `featkit extract` take them. With a folder as argument
its JPEG photos are used; else photos that ship with scikit-image, in two sizes.
"""

import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import skimage.io
from scipy import ndimage
from skimage import color, data, feature, filters, measure, transform
from sklearn.pipeline import make_pipeline, make_union

from featkit import (
    HOG,
    BackgroundRemover,
    ColorHistogram,
    ForegroundCropper,
    ImageReader,
    LocalBinaryPattern,
    RegionMeasurements,
    list_images,
)
from featkit.io.inputs.chunks import chunk_slices

N_ROUNDS = 4


def chain():
    features = make_union(HOG(), LocalBinaryPattern(), ColorHistogram(space="hsv"), RegionMeasurements())
    remover, cropper = BackgroundRemover(method="otsu"), ForegroundCropper(height=128, width=128)
    return make_pipeline(ImageReader(), remover, cropper, features)


def naive_row(path):
    """The same work written with scikit-image and NumPy, as a user would write it."""
    image = skimage.io.imread(path)
    gray = color.rgb2gray(image)
    mask = gray > filters.threshold_otsu(gray)
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if border.mean() > 0.5:
        mask = ~mask
    labels = measure.label(mask)
    region = max(measure.regionprops(labels), key=lambda one: one.area)
    top, left, bottom, right = region.bbox
    inside = ndimage.binary_fill_holes(region.image)
    crop = transform.resize(image[top:bottom, left:right] * inside[..., np.newaxis], (128, 128), anti_aliasing=True)
    shape = transform.resize(inside.astype(float), (128, 128), anti_aliasing=True) >= 0.5
    region = measure.regionprops(shape.astype(np.uint8), crop)[0]
    gray = color.rgb2gray(crop)
    hog = feature.hog(gray, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(3, 3))
    codes = feature.local_binary_pattern((255 * gray).astype(np.uint8), 8, 1, method="nri_uniform")
    texture = np.histogram(codes, bins=59, range=(0, 59), density=True)[0]
    pixels = color.rgb2hsv(crop)[shape]
    colors = np.concatenate([np.histogram(pixels[:, k], bins=16, range=(0, 1), density=True)[0] for k in range(3)])
    lengths = [
        region.area,
        region.area_filled,
        region.perimeter_crofton,
        region.feret_diameter_max,
        region.axis_major_length,
        region.axis_minor_length,
        region.eccentricity,
        region.solidity,
        region.euler_number,
        region.orientation,
        *region.intensity_mean,
    ]
    return np.concatenate([lengths, hog, texture, colors])


def cpu_time(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def compare(name, paths):
    chunks = [paths[chunk] for chunk in chunk_slices(paths, None)]
    pipeline = chain().fit(chunks[0])

    def ours():
        for chunk in chunks:
            pipeline.transform(chunk)

    def decoding():
        for path in paths:
            cv2.imread(path)

    few = paths[: max(8, len(paths) // 8)]
    ours()
    rounds = [(cpu_time(ours), cpu_time(decoding)) for _ in range(N_ROUNDS)]
    ours_ms, decoding_ms = 1e3 * np.min(rounds, axis=0) / len(paths)
    naive_ms = 1e3 * cpu_time(lambda: [naive_row(path) for path in few]) / len(few)
    print(
        f"{name}, {len(chunks)} chunks: {ours_ms:.2f} ms a photo, decoding alone {decoding_ms:.2f} ms, "
        f"scikit-image {naive_ms:.1f} ms: {ours_ms / decoding_ms:.2f} times the decoding, "
        f"{naive_ms / ours_ms:.0f} times faster than scikit-image"
    )


def write_photos(folder, height, width):
    paths = []
    for index, photo in enumerate([data.chelsea(), data.coffee(), data.astronaut(), data.rocket()] * 16):
        paths.append(str(Path(folder) / f"{index}.jpg"))
        turned = np.roll(photo, 7 * index, axis=1)[..., ::-1]
        small = cv2.resize(turned, (width, height), interpolation=cv2.INTER_AREA)
        cv2.imwrite(paths[-1], small, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return paths


def main(folder=None):
    cv2.setNumThreads(1)
    if folder:
        compare(f"{folder}", [str(path) for path in list_images(folder, labels=False).paths])
        return
    for height, width in ((300, 400), (500, 690)):
        with tempfile.TemporaryDirectory() as place:
            compare(f"{width} x {height}", write_photos(place, height, width))


if __name__ == "__main__":
    main(*sys.argv[1:])
