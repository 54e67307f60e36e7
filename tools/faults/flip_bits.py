"""Flip single bits in a cache and in a Parquet part: every row that is given back is the right one, or it is refused.

    python tools/faults/flip_bits.py --flips 5000

Half of the flips go into a cache (the file, or the log that lies beside it while it is open), half into the part of a
dataset that is then extracted once more. The script prints the outcomes and fails at the first wrong number, and at an
error that is not featkit's.
"""

import argparse
import random
import shutil
import sqlite3
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

import featkit
from featkit.exceptions import ExtractionError
from featkit.extraction import CacheError
from featkit.testing import check_pictures


def flipped(content, rng):
    """A copy with one bit flipped."""
    damaged = bytearray(content)
    damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def flip_in_cache(place, n_flips, rng):
    """Outcomes of looking all rows of a damaged cache up."""
    rows = {b"key %d" % k: np.linspace(k, k + 1, 30 + k % 3, dtype=[np.float32, np.float64][k % 2]) for k in range(60)}
    cache = featkit.FeatureCache(place / "whole.sqlite")
    with sqlite3.connect(cache.path) as database:  # as long as it is open, new rows stay in the log
        cache.put(dict(list(rows.items())[:30]))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cache.put(rows)
        contents = {name: Path(cache.path + name).read_bytes() for name in ("", "-wal")}
    database.close()
    closed, outcomes = Path(cache.path).read_bytes(), Counter()
    for _ in range(n_flips):
        for name in ("", "-wal", "-shm"):
            Path(place / f"cache.sqlite{name}").unlink(missing_ok=True)
        if rng.random() < 0.75:
            Path(place / "cache.sqlite").write_bytes(flipped(closed, rng))
        else:
            where = rng.choice(["", "-wal"])
            for name, content in contents.items():
                Path(place / f"cache.sqlite{name}").write_bytes(flipped(content, rng) if name == where else content)
        damaged = featkit.FeatureCache(place / "cache.sqlite")
        try:
            found = damaged.get(list(rows), warn=False)
        except CacheError:
            outcomes["refused"] += 1
            continue
        for key, row in found.items():
            if row.dtype != rows[key].dtype or not np.array_equal(row, rows[key]):
                raise SystemExit(f"a wrong row: {row}, not {rows[key]}")
        what = "all rows" if len(found) == len(rows) else "some rows missing"
        outcomes["not used" if damaged.trouble else what] += 1
    return outcomes


def flip_in_part(place, n_flips, rng):
    """Outcomes of extracting into a folder with a damaged part."""
    pictures, folder = list(check_pictures(12)), place / "dataset"
    transformer = featkit.ColorMoments()
    featkit.extract_to_parquet(transformer, pictures, folder)
    part, expected = folder / "part-000000.parquet", pd.read_parquet(folder)
    whole, outcomes = part.read_bytes(), Counter()
    for _ in range(n_flips):
        part.write_bytes(flipped(whole, rng))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                featkit.extract_to_parquet(transformer, pictures, folder)
            except ExtractionError:
                outcomes["refused"] += 1
                continue
        if not pd.read_parquet(folder).equals(expected):
            raise SystemExit("a wrong table")
        outcomes["made again" if told else "harmless"] += 1
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=5000, help="half in caches, half in parts (default: 5000)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    place = Path(tempfile.mkdtemp())
    try:
        print(f"cache, {options.flips // 2} flips: {dict(flip_in_cache(place, options.flips // 2, rng))}", flush=True)
        print(f"parts, {options.flips // 2} flips: {dict(flip_in_part(place, options.flips // 2, rng))}")
    finally:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
