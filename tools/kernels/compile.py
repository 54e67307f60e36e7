"""Compile kernels ahead of time into one library of a processor level, with Numba and the system's C compiler.

    python -m tools.kernels.compile x86-64-v3 FOLDER [MODULE ...]

makes the kernels of ``featkit/_signatures.txt``, or those of the named modules and packages alone. Whatever there is to
know of numba.pycc, which may go, stands here: its exports check nothing about their arguments, so that
``featkit/_compiled/ahead_of_time.py`` compares types first; and one set of flags holds for all, so that each gets its
own here.
"""

import os
import sys
import tempfile
import warnings
from pathlib import Path


def compile_library(level, folder, cache, modules=()):
    """Compile into a library in a folder and return how many kernels it has."""
    # Kernels that others call are compiled for NUMBA_CPU_NAME, whatever the library is compiled for; and anew, since
    # the cache of a kernel does not see that one it calls has changed.
    os.environ |= {"NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": "", "NUMBA_DISABLE_JIT": "0"}
    os.environ["NUMBA_CACHE_DIR"] = cache
    warnings.simplefilter("ignore")
    from numba.core.cpu_options import FastMathOptions
    from numba.pycc import CC, compiler

    from featkit._compiled.ahead_of_time import name_kernel
    from featkit._compiled.processor import library_name
    from featkit._numba import numba_type
    from featkit._signatures import kernel_of, read_signatures

    flags = {}
    compile_extra = compiler.compile_extra

    def compile_with_own_flags(typing, target, function, arguments, result, options, **named):
        options.release_gil = True
        options.error_model = flags[function].get("error_model", "python")
        options.fastmath = FastMathOptions(flags[function].get("fastmath", False))  # set for all: the options are one
        return compile_extra(typing, target, function, arguments, result, options, **named)

    library = CC(library_name(level).rpartition(".")[2], source_module=__name__)
    library.output_dir = str(folder)
    library.target_cpu = level
    for module, name, types in read_signatures(modules):
        kernel = kernel_of(module, name, types)
        if kernel is None:
            continue
        flags[kernel.py_func] = kernel.flags
        library.export(name_kernel(kernel, types), tuple(map(numba_type, types)))(kernel.py_func)
    compiler.compile_extra = compile_with_own_flags
    library.compile()
    return len(library._exported_functions)


if __name__ == "__main__":
    level, folder, *modules = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as cache:
        print(compile_library(level, folder, cache, modules), "kernels compiled for", level)
