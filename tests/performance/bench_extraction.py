"""Extraction at scale: overhead of chunks, gain of threads and of the cache, memory by number of images.

Ratios are of CPU time but for the threads, whose gain only the clock can show. As root on Linux they run ahead of all
other work (SCHED_FIFO), as on a quiet machine; else take a quiet one. The gain is 2 times the part of the time in which
both threads are at work (what is missing is the wait for the lock of Python), times the CPU time of an image with one
thread over that with two (what is missing are caches and memory, which the cores share). Two processes share no lock:
their gain is what the machine allows.
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import cv2
import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from featkit import (
    HOG,
    BackgroundRemover,
    ChunkedTransformer,
    ColorHistogram,
    FeatureCache,
    ForegroundCropper,
    ImageReader,
    RegionMeasurements,
)


def write_jpegs(folder, n_images, height=480, width=640):
    """Generated photos: a bright blob on a background that varies, noise over all."""
    rng = np.random.default_rng(0)
    row, col = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    noise = rng.normal(0, 6, (height, width, 3))
    for index in range(n_images):
        tall, broad, down, right = rng.uniform([0.2, 0.2, -0.3, -0.3], [0.6, 0.6, 0.3, 0.3])
        blob = np.exp(-((((row - down) / tall) ** 2 + ((col - right) / broad) ** 2) ** 3))[..., np.newaxis]
        image = 60 + 30 * row[..., np.newaxis] + np.roll(noise, index, axis=1) + blob * rng.uniform(60, 160, 3)
        cv2.imwrite(str(folder / f"{index:06}.jpg"), np.clip(image, 0, 255).astype(np.uint8))
    return [str(path) for path in sorted(folder.iterdir())]


def chain():
    cells = {"pixels_per_cell": (16, 16), "cells_per_block": (2, 2)}
    features = [("hog", HOG(**cells)), ("color", ColorHistogram()), ("region", RegionMeasurements())]
    union = FeatureUnion(features, verbose_feature_names_out=False)
    cropper = ForegroundCropper(height=128, width=128)
    return make_pipeline(ImageReader(), BackgroundRemover(method="otsu"), cropper, union)


def cpu(function):
    start = time.process_time()
    function()
    return time.process_time() - start


def print_overhead(paths):
    plain = chain().fit(paths[:1])
    chunked = ChunkedTransformer(chain(), chunk_size=64).fit(paths)

    def loop_over_chunks():
        return [plain.transform(paths[start : start + 64]) for start in range(0, len(paths), 64)]

    def loop_over_images():
        return [plain.transform([path]) for path in paths]

    loop_over_chunks()
    works = [lambda: chunked.transform(paths), loop_over_chunks, loop_over_images, lambda: plain.transform(paths)]
    ours, chunks, images, at_once = np.min([[cpu(work) for work in works] for _ in range(4)], axis=0)
    print(f"ChunkedTransformer, chunks of 64: {1e3 * ours / len(paths):.2f} ms an image")
    for what, other in {"such chunks": chunks, "single images": images, "all at once": at_once}.items():
        print(f"  against the transformer on {what}: {100 * (ours / other - 1):+.1f} %")


def ahead_of_others(is_ahead):
    """Let this thread, and those that it starts, run before all other work; whether that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO if is_ahead else os.SCHED_OTHER, os.sched_param(int(is_ahead)))
    except (AttributeError, PermissionError):
        return False
    return True


def print_threads(paths, chunk_size, n_rounds=6):
    kinds = {"n_jobs": 1}, {"n_jobs": 2}, {"n_jobs": 2, "backend": "loky"}
    ways = [ChunkedTransformer(chain(), chunk_size=chunk_size, **kind).fit(paths) for kind in kinds]
    took = []
    how = "ahead of other work" if ahead_of_others(True) else "beside other work"
    ways[-1].transform(paths)  # starts the processes
    for _ in range(n_rounds):
        for transformer in ways:
            before = time.perf_counter(), time.process_time()
            transformer.transform(paths)
            took.append((time.perf_counter() - before[0], time.process_time() - before[1]))
        time.sleep(0.5)  # the others' turn
    ahead_of_others(False)
    walls, cpus = np.array(took).reshape(n_rounds, len(ways), 2).T
    gains, of_processes = walls[0] / walls[1:]
    at_work = cpus[1] / (2 * walls[1]) / (cpus[0] / walls[0])  # one thread is held up by the system alone
    print(f"two threads against one, chunks of {chunk_size or 'the default size'}, by the clock, {how}:", end=" ")
    print(", ".join(f"{gain:.2f}" for gain in gains))
    single, double = 1e3 * np.median(cpus[:2], axis=1) / len(paths)
    print(f"  medians: gain {np.median(gains):.2f}, both at work {100 * np.median(at_work):.1f} %", end=", ")
    print(f"CPU time of an image {single:.2f} and {double:.2f} ms, gain of two processes {np.median(of_processes):.2f}")


def print_cache(folder, paths):
    labels = np.arange(len(paths)) % 2
    grid = {"linearsvc__C": np.logspace(-5, -2, 10)}
    cache = FeatureCache(folder / "features.sqlite")

    def search(cache):
        features = ChunkedTransformer(chain(), cache=cache)
        GridSearchCV(make_pipeline(features, StandardScaler(), LinearSVC(max_iter=50)), grid, cv=5).fit(paths, labels)

    warnings.simplefilter("ignore")  # too few iterations: it is the features' time that counts
    plain, first, second = cpu(lambda: search(None)), cpu(lambda: search(cache)), cpu(lambda: search(cache))
    print(f"grid search, 5 folds x 10 points, {len(paths)} images: {plain:.1f} s, with cache {first:.1f} s", end=" ")
    print(f"({plain / first:.1f} times faster), again {second:.1f} s; {cache!r}")


def print_memory(paths, n_images):
    code = f"""
import re, sys, tempfile, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from bench_extraction import chain
from featkit import extract_to_parquet
def peak():  # getrusage would give the peak of the parent, which a new process takes over
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])

paths = ({paths!r} * {n_images})[:{n_images}]
extract_to_parquet(chain(), paths[:1], tempfile.mkdtemp())
before = peak()
start = time.process_time()
done = extract_to_parquet(chain(), paths, tempfile.mkdtemp(), n_jobs=2)
cpu = time.process_time() - start
print(f"{{done.n_images}} images: {{(peak() - before) / 1024:.0f}} MB above the imports, "
      f"{{done.n_images / cpu:.0f}} images for each second of CPU time")
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def main(sizes="500,1000"):
    """Numbers of images to measure the memory with may be given: 2000,20000."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "photos").mkdir()
        paths = write_jpegs(folder / "photos", 128)
        print_overhead(paths)
        for chunk_size in (8, None):
            print_threads(paths * 3, chunk_size)
        print_cache(folder, paths)
        for size in sizes.split(","):
            print_memory(paths, int(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
