"""Different extractions that claim one empty folder at the same moment: at most one succeeds, with its rows alone.

    python tools/faults/race.py --races 30

Each race starts two or three processes behind a barrier, each with a transformer of its own (or the same images in
another order, or an equal extraction) and the same output folder. A run that reports success must find exactly its rows
in the folder; one that is refused must say so by `ExtractionError`; equal extractions all succeed. The script prints
the outcomes and fails at the first mixed dataset or false success.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import pandas as pd
from PIL import Image
from sklearn.pipeline import make_pipeline

import featkit
from featkit.exceptions import ExtractionError
from featkit.testing import check_pictures

N_IMAGES = 24


def extraction(kind):
    """Transformer and order of the images of one runner."""
    features = featkit.RegionMeasurements() if kind == "regions" else featkit.ColorMoments()
    steps = [featkit.ImageReader(), features]
    return make_pipeline(*steps), slice(None, None, -1 if kind == "reversed" else 1)


def run(kind, paths, folder, barrier, outcomes, wait):
    """Extract as soon as all runners are ready, and tell what came of it."""
    transformer, order = extraction(kind)
    barrier.wait()
    time.sleep(wait)
    try:
        done = featkit.extract_to_parquet(transformer, paths[order], folder, part_size=2, n_jobs=2)
        outcomes.put((kind, "success", done.n_images))
    except ExtractionError:
        outcomes.put((kind, "refused", 0))
    except BaseException as error:
        outcomes.put((kind, f"{type(error).__name__}: {error}", 0))


def race(kinds, paths, folder, expected, context, rng):
    """One race; its outcomes by kind, checked against what is in the folder."""
    barrier, outcomes = context.Barrier(len(kinds)), context.Queue()
    waits = [rng.choice([0, 0, 0.001, 0.01, 0.05]) for _ in kinds]
    runners = [
        context.Process(target=run, args=(kind, paths, folder, barrier, outcomes, wait))
        for kind, wait in zip(kinds, waits)
    ]
    for runner in runners:
        runner.start()
    found = [outcomes.get(timeout=300) for _ in runners]
    for runner in runners:
        runner.join()
    succeeded = {kind for kind, outcome, n_images in found if outcome == "success"}
    odd = [outcome for _, outcome, _ in found if outcome not in ("success", "refused")]
    if odd:
        raise SystemExit(f"{folder}: another error than ExtractionError: {odd}")
    if len(succeeded) > 1:
        raise SystemExit(f"{folder}: different extractions report success: {found}")
    rows = pd.read_parquet(folder).drop(columns=["label", "error"])
    equal = [kind for kind in set(kinds) if rows.equals(expected[kind])]
    if succeeded and equal != list(succeeded):
        raise SystemExit(f"{folder}: a false success: {found}, the folder holds {equal or 'a mixture'}")
    if not equal:
        raise SystemExit(f"{folder}: {len(rows)} rows that are not those of any run: {found}")
    if len(set(kinds)) == 1 and any(outcome != "success" for _, outcome, _ in found):
        raise SystemExit(f"{folder}: an equal extraction was refused: {found}")
    return [outcome for _, outcome, _ in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--races", type=int, default=30, help="of different extractions (default: 30)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "featkit.extraction.parquet", "pyarrow.parquet"])
    with tempfile.TemporaryDirectory() as place:
        images, expected = Path(place, "images"), {}
        images.mkdir()
        for index, picture in enumerate(check_pictures(N_IMAGES, height=24, width=28)):
            Image.fromarray(picture).save(images / f"{index:02}.png")
        paths = sorted(map(str, images.iterdir()))
        for kind in ("moments", "regions", "reversed"):
            transformer, order = extraction(kind)
            featkit.extract_to_parquet(transformer, paths[order], Path(place, kind), part_size=2)
            expected[kind] = pd.read_parquet(Path(place, kind)).drop(columns=["label", "error"])
        different = [["moments", "regions"], ["moments", "reversed"], ["regions", "reversed", "moments"]]
        outcomes = Counter()
        for number in range(options.races):
            kinds = different[number % len(different)]
            found = race(kinds, paths, Path(place, f"race{number}"), expected, context, rng)
            outcomes[f"{found.count('success')} of {len(found)} succeeded"] += 1
        equal = Counter()
        for number in range(max(options.races // 6, 1)):
            found = race(["moments"] * 3, paths, Path(place, f"equal{number}"), expected, context, rng)
            equal[f"{found.count('success')} of {len(found)} succeeded"] += 1
    print(f"{options.races} races of different extractions: {dict(outcomes)}; no dataset mixed, no false success")
    print(f"{sum(equal.values())} races of equal extractions: {dict(equal)}")


if __name__ == "__main__":
    main()
