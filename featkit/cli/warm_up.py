"""``featkit warm-up``: compile now what the first call of each feature would compile."""

import argparse
import os
import sys
from collections import defaultdict

USES = {
    "benchmark": ("features", "preprocessing", "image", "io"),
    "extract": ("features", "preprocessing", "image", "io"),
    "faces": ("faces", "features.binary_patterns", "image", "io"),
    "measure": ("objects", "features.shape", "features.skeleton", "preprocessing.foreground", "image", "io"),
}


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "warm-up",
        help="compile now what the first calls would compile",
        epilog="example:\n  featkit warm-up --for benchmark",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--for", dest="use", choices=sorted(USES), help="only what this needs (default: all)")
    parser.add_argument("--folder", help="where to keep it (default: NUMBA_CACHE_DIR, or beside the code)")
    parser.add_argument("--jobs", type=int, default=0, help="processes (default: all cores)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compile every module's kernels in a process, many at a time, and say what came of it."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from .._signatures import read_signatures

    if options.folder:
        os.environ["NUMBA_CACHE_DIR"] = os.path.abspath(options.folder)  # read when a process imports Numba
    work = defaultdict(list)
    for module, name, types in read_signatures([f"featkit.{package}" for package in USES.get(options.use, ())]):
        work[module].append((name, types))
    n_kernels, n_compiled = sum(map(len, work.values())), 0
    jobs = options.jobs if options.jobs > 0 else len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(compile_kernels, module, kernels) for module, kernels in work.items()]
        for n_done, future in enumerate(as_completed(running), start=1):
            n_compiled += future.result()
            if sys.stderr.isatty():
                print(f"\r{n_done} of {len(running)} modules", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(f"{n_compiled} kernels compiled by Numba; {n_kernels - n_compiled} are compiled in the package.")
    if options.folder and n_compiled:
        print(f"Run with NUMBA_CACHE_DIR={os.environ['NUMBA_CACHE_DIR']}")
    return 0


def compile_kernels(module: str, kernels: list[tuple[str, tuple[str, ...]]]) -> int:
    """Have Numba compile and keep the kernels of a module that the package has not got compiled; count them."""
    from .._compiled.ahead_of_time import compiled_kernels, name_kernel
    from .._signatures import kernel_of

    n_compiled = 0
    for name, types in kernels:
        kernel = kernel_of(module, name, types)
        in_package = kernel is not None and getattr(compiled_kernels(), name_kernel(kernel, types) or "", None)
        if kernel is not None and not in_package:
            kernel.compile(types)
            n_compiled += 1
    return n_compiled
