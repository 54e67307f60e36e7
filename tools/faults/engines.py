"""The same rows bit for bit from a bare loop, Dask, Ray and Spark: digests of many small images, some of them broken.

    python -m tools.faults.engines FOLDER --images 100000 --engines loop threads dask ray spark

Writes tar files of 1,000 PNGs of 16 x 16 pixels, and the same images as Parquet files for Ray and Spark; every 997th
image is cut short. Each engine runs on this machine with two workers, Dask by `extract_to_parquet`, Ray and Spark by
`transform_batch`. Prints the digest of all rows in the order of their numbers, with the number of errors, and exits
with 1 where two engines differ. Ray and Spark must be installed (`pip install ray pyspark`, Java for Spark).
"""

import argparse
import hashlib
import io
import os
import sys
import tarfile
import time
from functools import partial
from pathlib import Path

import cv2
import joblib
import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline, make_union

from featkit import HOG, ImageReader, IntensityStatistics, extract_to_parquet
from featkit.extraction import transform_batch

OF_A_SHARD = 1000
BROKEN = 997
SIDE = 16


def contents(shard: int) -> list[bytes]:
    """The files of a shard, drawn from its number."""
    images = np.random.default_rng(shard).integers(0, 256, (OF_A_SHARD, SIDE, SIDE), dtype=np.uint8)
    files = [cv2.imencode(".png", image)[1].tobytes() for image in images]
    return [file[:40] if (shard * OF_A_SHARD + i) % BROKEN == 0 else file for i, file in enumerate(files)]


def write_images(folder: Path, n_images: int) -> None:
    """Write the shards, as tar and as Parquet files, that are not there yet."""
    for kind in ("tar", "parquet"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for shard in range(n_images // OF_A_SHARD):
        tar_file, table = folder / f"tar/{shard:05}.tar", folder / f"parquet/{shard:05}.parquet"
        if table.exists():
            continue
        files = contents(shard)
        with tarfile.open(tar_file, "w") as tar:
            for number, content in enumerate(files):
                info = tarfile.TarInfo(f"{number:04}.png")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        ids = range(shard * OF_A_SHARD, (shard + 1) * OF_A_SHARD)
        pd.DataFrame({"id": ids, "content": files}).to_parquet(table, index=False)


def fitted_chain():
    """The features, fitted on an image of the size, so that they have their names."""
    union = make_union(IntensityStatistics(), HOG(pixels_per_cell=(4, 4), cells_per_block=(2, 2)))
    chain = make_pipeline(ImageReader(), union)
    return chain.fit([np.zeros((SIDE, SIDE), np.uint8)])


def loop(folder: Path, n_shards: int) -> pd.DataFrame:
    """One image after the other, with nothing of the machinery."""
    chain = fitted_chain()
    names = [str(name) for name in chain.get_feature_names_out()]
    rows, errors = [], []
    for shard in range(n_shards):
        for content in contents(shard):
            try:
                rows.append(chain.transform([content])[0])
                errors.append(False)
            except OSError:
                rows.append(np.full(len(names), np.nan))
                errors.append(True)
    table = pd.DataFrame(np.array(rows, np.float32), columns=names)
    return table.assign(id=range(len(table)), error=np.where(errors, "broken", None))


def _extracted(folder: Path, n_shards: int, out: str, n_jobs: int) -> pd.DataFrame:
    shards = [str(folder / f"tar/{shard:05}.tar") for shard in range(n_shards)]
    extract_to_parquet(fitted_chain(), shards, folder / out, n_jobs=n_jobs, progress=False)
    table = pd.read_parquet(folder / out)
    places = table.pop("path").str.extract(r"(\d+)\.tar::(\d+)\.png$").astype(int)
    return table.assign(id=places[0] * OF_A_SHARD + places[1]).drop(columns="label")


def threads(folder: Path, n_shards: int) -> pd.DataFrame:
    """`extract_to_parquet` on two threads."""
    return _extracted(folder, n_shards, "threads", 2)


def dask(folder: Path, n_shards: int) -> pd.DataFrame:
    """`extract_to_parquet` on a cluster of two processes."""
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        return _extracted(folder, n_shards, "dask", 2)


def ray(folder: Path, n_shards: int) -> pd.DataFrame:
    """`transform_batch` by Ray Data."""
    import ray as engine

    engine.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        data = engine.data.read_parquet([str(path) for path in _tables(folder, n_shards)])
        batches = data.map_batches(
            partial(transform_batch, fitted_chain(), column="content"), batch_format="pandas", batch_size=500
        )
        return batches.to_pandas()
    finally:
        engine.shutdown()


def spark(folder: Path, n_shards: int) -> pd.DataFrame:
    """`transform_batch` by Spark's mapInPandas."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        chain = fitted_chain()
        names = [str(name) for name in chain.get_feature_names_out()]
        schema = "id long, error string, " + ", ".join(f"{name} float" for name in names)
        files = session.read.parquet(*map(str, _tables(folder, n_shards)))
        rows = files.mapInPandas(
            lambda tables: (transform_batch(chain, table, column="content") for table in tables), schema
        )
        rows.write.mode("overwrite").parquet(str(folder / "spark"))
        return pd.read_parquet(folder / "spark")
    finally:
        session.stop()


def _tables(folder: Path, n_shards: int) -> list[Path]:
    return [folder / f"parquet/{shard:05}.parquet" for shard in range(n_shards)]


def digest_of(table: pd.DataFrame) -> tuple[str, int, int]:
    """Digest of the features in the order of their images, the number of rows, and that of errors."""
    table = table.sort_values("id")
    names = sorted(set(table.columns) - {"id", "error"})
    rows = np.ascontiguousarray(table[names].to_numpy(np.float32))
    is_error = table["error"].notna().to_numpy()
    content = repr(names).encode() + rows.tobytes() + is_error.tobytes() + table["id"].to_numpy(np.int64).tobytes()
    return hashlib.sha256(content).hexdigest(), len(table), int(is_error.sum())


ENGINES = {engine.__name__: engine for engine in (loop, threads, dask, ray, spark)}


def main() -> None:
    """Write, run each engine, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=["loop", "threads", "dask"])
    options = parser.parse_args()
    write_images(options.folder, options.images)
    found = set()
    for name in options.engines:
        start = time.perf_counter()
        digest, n_rows, n_errors = digest_of(ENGINES[name](options.folder.resolve(), options.images // OF_A_SHARD))
        seconds = time.perf_counter() - start
        print(f"{name:8} {digest[:32]} {n_rows} rows, {n_errors} errors, {seconds:.0f} s", flush=True)
        found.add((digest, n_rows, n_errors))
    sys.exit(len(found) > 1)


if __name__ == "__main__":
    main()
