"""Kill what writes at random moments, start it again: equal results, and nothing left behind.

    python tools/faults/kill.py --kills 10

Datasets, tables of predictions, caches, stores of finished folds and reports are written with one and with two workers,
by processes that are killed (SIGKILL) so many times each, at moments drawn from the time that an undisturbed run takes.
A run that comes to its end before it is killed is begun anew in an empty folder. After the last kill the work is done
once more without a kill: the result must equal the undisturbed one, and no half-written file may be left. Worker
processes of joblib outlive a parent that is killed until they have been idle for some minutes; the script ends them.
"""

import argparse
import multiprocessing
import pickle
import random
import shutil
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from joblib.externals.loky import get_reusable_executor
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import featkit
from featkit.testing import check_pictures

N_IMAGES = 60
READER = featkit.ImageReader()
MODEL = make_pipeline(READER, featkit.ColorMoments(), LogisticRegression(max_iter=1000))


def extract(images, folder, n_jobs):
    features = make_pipeline(READER, featkit.BackgroundRemover(method="otsu"), featkit.RegionMeasurements())
    featkit.extract_to_parquet(features, images, folder / "dataset", part_size=2, chunk_size=2, n_jobs=n_jobs)
    return pd.read_parquet(folder / "dataset").to_dict("list")


def predict(images, folder, n_jobs):
    model = MODEL.fit(images, np.arange(len(images)) % 2)
    featkit.predict_to_file(model, images, folder / "predictions.csv", chunk_size=2, n_jobs=n_jobs)
    return (folder / "predictions.csv").read_text()


def cache(images, folder, n_jobs):
    features = make_pipeline(READER, featkit.Resizer(height=64, width=64), featkit.HOG())
    place = folder / "rows.sqlite"
    rows = featkit.ChunkedTransformer(features, cache=place, chunk_size=2, n_jobs=n_jobs).fit_transform(images)
    kept = featkit.FeatureCache(place)
    if kept.trouble or kept.info()["rows"] != len(images):
        raise AssertionError(f"{kept}: {kept.trouble}")
    return rows.tolist()


def run_benchmark(images, store, n_jobs):
    labels = np.array(["one", "two"])[np.arange(len(images)) % 2]
    options = {"baselines": {}, "cv": 5, "n_repeats": 2, "check_duplicates": False, "verbose": False}
    return featkit.benchmark({"moments": MODEL}, images, labels, store=store, n_jobs=n_jobs, **options)


def store(images, folder, n_jobs):
    found = run_benchmark(images, folder / "folds", n_jobs)
    return found.table["accuracy"].to_dict()


def report(images, folder, n_jobs):
    found = featkit.evaluation.Benchmark.load(Path(images[0]).parents[1] / "benchmark.json")
    for _ in range(5):
        featkit.write_report(folder / "report.html", found)
    return (folder / "report.html").read_text()


WORK = {"extract": extract, "predict": predict, "cache": cache, "store": store, "report": report}


def run(name, images, folder, n_jobs, result):
    """Do the work, and leave what came of it in a file."""
    warnings.simplefilter("ignore")
    found = WORK[name](images, folder, n_jobs)
    result.write_bytes(pickle.dumps(found))
    get_reusable_executor().shutdown(kill_workers=True)  # or this process would wait for minutes until they are idle


def left_in(folder):
    """Half-written files, and files of the database that belong to an open one."""
    endings = (".tmp", "-wal", "-shm", "-journal")
    return [path.name for path in folder.rglob("*") if path.name.endswith(endings)]


def kill_often(name, n_jobs, images, place, context, n_kills, rng):
    """Number of runs that it took; raises where a result differs or something is left."""

    def start(folder):
        folder.mkdir(exist_ok=True)
        runner = context.Process(target=run, args=(name, images, folder, n_jobs, place / "result"))
        runner.start()
        return runner

    def result_of(folder):
        began = time.monotonic()
        runner = start(folder)
        runner.join()
        if runner.exitcode != 0:
            raise SystemExit(f"{name} on {n_jobs} workers ended with {runner.exitcode}")
        return pickle.loads((place / "result").read_bytes()), time.monotonic() - began

    result_of(place / "warm")
    expected, seconds = result_of(place / "whole")
    folder = place / "killed"
    n_killed = n_runs = 0
    while n_killed < n_kills:
        runner = start(folder)
        n_runs += 1
        runner.join(rng.uniform(0, seconds))
        children = []
        with suppress(psutil.NoSuchProcess):  # it has come to its end
            children = psutil.Process(runner.pid).children(recursive=True)
        runner.kill()
        runner.join()
        n_killed += runner.exitcode < 0
        for child in psutil.wait_procs(children, timeout=1)[1]:
            child.kill()
        if runner.exitcode == 0:
            shutil.rmtree(folder)
    found, _ = result_of(folder)
    if found != expected and repr(found) != repr(expected):  # NaN differs from itself
        raise SystemExit(f"{name} on {n_jobs} workers: another result after {n_killed} kills")
    if left := left_in(folder):
        raise SystemExit(f"{name} on {n_jobs} workers leaves {left}")
    return n_runs, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10, help="of each work on each number of workers (default: 10)")
    parser.add_argument("--only", nargs="*", default=list(WORK), choices=WORK)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["__main__", "featkit.extraction.parquet", "featkit.report.write", "pyarrow.parquet"]
    )
    place = Path(tempfile.mkdtemp())
    try:
        (place / "images").mkdir()
        for index, picture in enumerate(check_pictures(N_IMAGES, height=120, width=160)):
            Image.fromarray(picture).save(place / "images" / f"{index:02}.png")
        images = sorted(map(str, (place / "images").iterdir()))
        run_benchmark(images, None, 1).save(place / "benchmark.json")
        for name in options.only:
            for n_jobs in (1, 2):
                work = place / f"{name}{n_jobs}"
                work.mkdir()
                n_runs, seconds = kill_often(name, n_jobs, images, work, context, options.kills, rng)
                told = f"{options.kills} kills in {n_runs} runs of up to {seconds:.1f} s"
                print(f"{name} on {n_jobs} workers: {told}: equal, nothing left", flush=True)
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    sys.exit(main())
