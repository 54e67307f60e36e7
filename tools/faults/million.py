"""A million tiny images in tar shards through the extraction, killed again and again: memory, losses, equal rows.

    python -m tools.faults.million FOLDER --images 1000000 --kills 10

Writes shards of 1,000 PNGs of 8 x 8 pixels each, extracts them on two threads, kills the run (SIGKILL) so many times at
drawn moments, runs it to its end, and compares every row with that of a bare loop. Features of an earlier call are
deleted. Prints the peak of memory above the imports of the last run, and its time; exits with 1 where a row is missing
or differs, where something is left over, or where the run ended before it was killed as often as it should be.
"""

import argparse
import io
import json
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

OF_A_SHARD = 1000
RUN = """
import json, sys, time
import resource
from sklearn.pipeline import make_pipeline
from featkit import ImageReader, IntensityStatistics, extract_to_parquet
chain = make_pipeline(ImageReader(), IntensityStatistics())
chain.fit_transform([__import__("numpy").zeros((8, 8), "uint8")])
import pandas, pyarrow.parquet
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
done = extract_to_parquet(chain, sys.argv[1], sys.argv[2], n_jobs=2, progress=False)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"mb": (peak - before) / 1024, "cpu": time.process_time() - start, "kept": done.n_kept,
                  "parts": done.n_parts, "images": done.n_images, "errors": done.n_errors}))
"""


def images_of(shard: int) -> "np.ndarray":
    """The images of a shard, drawn from its number."""
    return np.random.default_rng(shard).integers(0, 256, (OF_A_SHARD, 8, 8), dtype=np.uint8)


def write_shards(folder: Path, n_images: int) -> None:
    """Write the shards that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(n_images // OF_A_SHARD):
        path = folder / f"{shard:05}.tar"
        if path.exists():
            continue
        with tarfile.open(path.with_suffix(".part"), "w") as tar:
            for number, image in enumerate(images_of(shard)):
                content = cv2.imencode(".png", image)[1].tobytes()
                info = tarfile.TarInfo(f"{number:04}.png")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        path.with_suffix(".part").rename(path)


def started(shards: Path, out: Path) -> subprocess.Popen:
    """A run in a process of its own."""
    words = [sys.executable, "-c", RUN, f"{shards}/*.tar", str(out)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def count_wrong(out: Path, n_images: int) -> int:
    """Rows that are missing or differ from those of a bare loop."""
    extractor = IntensityStatistics()
    wrong = 0
    for shard in range(n_images // OF_A_SHARD):
        table = pq.read_table(out / f"part-{shard:06}.parquet").to_pandas()
        expected = extractor.fit_transform(images_of(shard)).astype(np.float32)
        rows = table.iloc[:, 3:].to_numpy(dtype=np.float32)
        same = rows.shape == expected.shape and table["path"].str.endswith(".png").all()
        wrong += int((rows != expected).any(axis=1).sum()) if same else OF_A_SHARD
    return wrong


def main() -> None:
    """Write, kill, finish, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args()
    shards, out = options.folder / "shards", options.folder / "features"
    write_shards(shards, options.images)
    shutil.rmtree(out, ignore_errors=True)
    n_shards, kills, rng = options.images // OF_A_SHARD, 0, random.Random(0)
    while kills < options.kills:
        run = started(shards, out)
        wanted = len(list(out.glob("part-*.parquet"))) + rng.randint(1, max(1, n_shards // (options.kills + 3)))
        while run.poll() is None and len(list(out.glob("part-*.parquet"))) < wanted:
            time.sleep(0.2)
        time.sleep(rng.random())
        if run.poll() is not None:
            break
        run.send_signal(signal.SIGKILL)
        run.wait()
        kills += 1
        print(
            f"killed {kills} times, {len(list(out.glob('part-*.parquet')))} of {n_shards} parts are there", flush=True
        )
    said, _ = started(shards, out).communicate()
    last = json.loads(said)
    again, _ = started(shards, out).communicate()
    print(f"last run: {last}")
    print(f"once more: {json.loads(again)}")
    wrong = count_wrong(out, options.images)
    left = [path.name for path in out.iterdir() if path.name.startswith(".")]
    print(f"{wrong} of {options.images} rows are missing or differ from a bare loop")
    print(f"left over: {left}")
    sys.exit(bool(wrong or left or kills < options.kills))


if __name__ == "__main__":
    import cv2
    import numpy as np
    import pyarrow.parquet as pq

    from featkit import IntensityStatistics

    main()
