"""Many small images through the public image steps in one process; memory must stay where it is after a warm-up.

    python tools/soak.py --images 200000 --others 10000

First the chain: a file in memory is read, its background removed, cropped, resized and measured by every feature but
the slow ones. Then all other public steps that images suffice for, on fewer. Every image is new: size, kind of file and
content are drawn. The resident memory of the process is printed at intervals; the run fails where it grows by more than
``--bound`` megabytes after the first tenth.
"""

import argparse
import io
import time
import warnings

import numpy as np
import psutil
from PIL import Image
from sklearn.pipeline import FeatureUnion, make_pipeline

import featkit

BATCH = 50
SLOW = {
    *("BagOfVisualWords", "ChordQuantiles", "AreaIntegralInvariant", "CurvatureQuantiles", "DominantColors"),
    *("EllipticFourier", "FaceLandmarks", "GaborBank", "LandmarkDescriptors", "PartMeasurements", "WhitenedPatches"),
}
OF_MORE_THAN_IMAGES = {"ONNXEmbedding", "ONNXSegmenter", "ForegroundClassifier"}  # of a network, of masks
SIZE = {"height": 32, "width": 32}
WITHOUT_SEARCH = featkit.FaceLandmarks(search=False)  # the images show no face
ARGUMENTS = {
    "CenterCropper": SIZE,
    "ColorCardCorrector": {"on_failure": "keep"},
    "FaceAligner": SIZE | {"landmarks": WITHOUT_SEARCH, "on_failure": "keep"},
    "FaceLandmarks": {"search": False},
    "LandmarkDescriptors": {"landmarks": WITHOUT_SEARCH, "eye_distances": (16,)},
    "PerspectiveRectifier": {"on_failure": "blank"},
}
FORMATS = ({"format": "PNG", "compress_level": 1}, {"format": "JPEG"}, {"format": "BMP"}, {"format": "WEBP"})


def new_files(n_images, rng):
    """Files in memory: a bright blob on a dark background with noise, of 24 to 56 pixels, in colour or gray."""
    files = []
    for _ in range(n_images):
        height, width = rng.integers(24, 57, 2)
        row, col = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        inside = np.hypot(row - rng.uniform(-0.2, 0.2), col * rng.uniform(0.6, 1.6)) < rng.uniform(0.4, 0.7)
        picture = np.where(inside[..., np.newaxis], rng.integers(120, 230, 3), rng.integers(10, 60, 3))
        picture = (picture + rng.integers(0, 25, picture.shape)).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(picture if rng.random() < 0.8 else picture[..., 0]).save(file, **rng.choice(FORMATS))
        files.append(file.getvalue())
    return files


def public_steps(base, left_out):
    """The public steps of one base, by name."""
    for name in sorted(set(featkit.__all__) - set(left_out) - OF_MORE_THAN_IMAGES):
        item = getattr(featkit, name)
        if isinstance(item, type) and issubclass(item, base) and item is not base:
            yield name, item(**ARGUMENTS.get(name, {}))


def chain():
    steps = [featkit.BackgroundRemover(method="otsu"), featkit.ForegroundCropper(**SIZE), featkit.Resizer(**SIZE)]
    features = FeatureUnion(list(public_steps(featkit.FeatureExtractor, SLOW)), verbose_feature_names_out=False)
    return make_pipeline(featkit.ImageReader(), *steps, features)


def other_steps():
    """Every public image step that the chain has not, behind a reader."""
    others = dict(public_steps(featkit.ImageTransformer, {"ImageReader", "Resizer", "ForegroundCropper"}))
    others |= {name: step for name, step in public_steps(featkit.FeatureExtractor, ()) if name in SLOW}
    return [make_pipeline(featkit.ImageReader(), featkit.Resizer(**SIZE), step) for step in others.values()]


def soak(name, pipelines, n_images, bound):
    """Transform new images batch by batch; print the memory twenty times; raise where it grows beyond the bound."""
    rng = np.random.default_rng(0)
    process = psutil.Process()
    for pipeline in pipelines:
        pipeline.fit(new_files(BATCH, rng), np.arange(BATCH) % 2)
    after_warm_up = largest = 0.0
    start = time.monotonic()
    for n_done in range(BATCH, n_images + 1, BATCH):
        files = new_files(BATCH, rng)
        for pipeline in pipelines:
            if len(pipeline.transform(files)) != BATCH:
                raise AssertionError(f"{pipeline} lost images")
        memory = process.memory_info().rss / 1e6
        if n_done * 20 // n_images > (n_done - BATCH) * 20 // n_images:
            print(f"{name}: {n_done:7d} images, {memory:7.1f} MB, {time.monotonic() - start:6.0f} s", flush=True)
        if n_done <= max(n_images // 10, BATCH):
            after_warm_up = max(after_warm_up, memory)
            continue
        largest = max(largest, memory - after_warm_up)
        if largest > bound:
            raise SystemExit(f"{name}: memory grew by {largest:.1f} MB after the warm-up, the bound is {bound} MB.")
    print(f"{name}: largest growth after the warm-up {largest:.1f} MB; the bound is {bound} MB.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=200_000, help="through the chain (default: 200000)")
    parser.add_argument("--others", type=int, default=10_000, help="through each other step (default: 10000)")
    parser.add_argument("--bound", type=float, default=20.0, help="megabytes (default: 20)")
    options = parser.parse_args()
    for told in (featkit.exceptions.ColorCardWarning, featkit.exceptions.ModelLicenseWarning):
        warnings.simplefilter("ignore", told)
    soak("chain", [chain()], options.images, options.bound)
    soak("other steps", other_steps(), options.others, options.bound)


if __name__ == "__main__":
    main()
