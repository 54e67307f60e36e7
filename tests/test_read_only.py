"""Where nothing can be written (a container with a read-only file system, no home, a full disk) everything runs."""

import os
import resource
import shutil
import subprocess
import sys

import pandas as pd
from PIL import Image

from featkit.testing import check_pictures

WORK = """
import sys, warnings
import numpy as np
from sklearn.pipeline import make_pipeline
out, *paths = sys.argv[1:]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from featkit import ColorMoments, HuMoments, ImageReader, benchmark, extract_to_parquet
    chain = make_pipeline(ImageReader(), ColorMoments())
    rows = chain.fit_transform(paths)
    HuMoments().fit_transform(chain[0].transform(paths))
    found = benchmark({"moments": chain}, paths, np.arange(len(paths)) % 2, baselines={}, cv=2, verbose=False)
    if out != "-":
        assert extract_to_parquet(chain, paths, out, progress=False).n_errors == 0
told = [str(warning.message) for warning in caught if warning.category.__name__ == "KernelCacheWarning"]
print(rows.shape, found.table.index.tolist(), len(told), *{word.partition(" cannot")[0] for word in told})
"""
MAY_MOUNT = shutil.which("unshare") and not subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode


def write_nothing():
    """No file of this process may hold a byte: what remains of a full disk where nothing may be mounted."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def mounted(commands):
    """Words that run what follows after these commands in mounts of its own; else None."""
    return ["unshare", "-rm", "sh", "-ec", f'{commands}; exec "$@"', "sh"] if MAY_MOUNT else None


def worked(tmp_path, where, out, **settings):
    paths = []
    for number, image in enumerate(check_pictures(6)):
        paths.append(str(tmp_path / f"{number}.png"))
        Image.fromarray(image).save(paths[-1])
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    said = subprocess.run(
        [*(where or ()), sys.executable, "-c", WORK, str(out), *paths],
        env={**kept, "HOME": "/nonexistent", "FEATKIT_KERNELS": "jit", "PYTHONDONTWRITEBYTECODE": "1", **settings},
        preexec_fn=None if where else write_nothing,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr
    return said.stdout


def test_a_read_only_file_system_without_a_home_is_told_of_once(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    where = mounted(f"mount -t tmpfs tmpfs {out}; mount -o remount,bind,ro /")
    said = worked(tmp_path, where, out if where else "-")
    assert said == "(6, 9) ['moments'] 1 Compiled kernels\n"


def test_a_full_disk_at_the_cache_of_kernels_is_told_of_once(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    where = mounted(f"mount -t tmpfs -o size=16k tmpfs {cache}")
    said = worked(tmp_path, where, tmp_path / "features" if where else "-", NUMBA_CACHE_DIR=str(cache))
    assert said == "(6, 9) ['moments'] 1 Compiled kernels\n"
    if where:
        assert len(pd.read_parquet(tmp_path / "features")) == 6


def test_no_process_that_may_write_nothing_fails(tmp_path):
    assert worked(tmp_path, None, "-", NUMBA_CACHE_DIR=str(tmp_path)) == "(6, 9) ['moments'] 1 Compiled kernels\n"
