"""A compiled kernel is found for its own code and exact types alone."""

import os
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest

from featkit import _numba
from featkit._compiled import ahead_of_time, processor

CALLEE = "def scaled(value):\n    return value * SCALE\n"
CALLER = """
def total(values):
    answer = 0.0
    for value in values:
        answer += scaled(value)
    return answer
"""


def made(caller=CALLER, callee=CALLEE, scale=2.0, **flags):
    """A kernel that calls another, which uses a constant, as a module of this name would define them."""
    module = {"__name__": "a_module", "SCALE": scale}
    exec(callee, module)
    module["scaled"] = _numba.Kernel(module["scaled"], {})
    exec(caller, module)
    return _numba.Kernel(module["total"], flags)


@pytest.fixture
def library(monkeypatch):
    """An empty library, in the place of the one of this processor."""
    module = ModuleType("library")
    for place in (ahead_of_time, _numba):
        monkeypatch.setattr(place, "compiled_kernels", lambda: module)
    return module


def put(library, kernel, types, answer="compiled"):
    setattr(library, ahead_of_time.name_kernel(kernel, types), lambda *values: answer)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (np.zeros((2, 3), np.uint8), "uint8.2C"),
        (np.zeros((2, 3), np.float32).T, "float32.2F"),
        (np.zeros((4, 6))[::2, ::2], "float64.2A"),
        (np.zeros((1, 3)).T, "float64.2C"),  # C and Fortran order at once: Numba takes it as C
        (np.broadcast_to(np.float64(1), (2, 2)), "float64.2Ar"),
        (np.frombuffer(b"ab", np.uint8), "uint8.1Cr"),
        (np.zeros(3, bool), "bool.1C"),
        (np.zeros(3, ">f4"), None),
        (np.zeros(9, np.uint8)[1:].view(np.float64), None),  # not aligned
        (np.zeros(3, "U1"), None),
        (np.zeros(3).view(np.recarray), None),
        (True, "bool"),
        (np.bool_(True), "bool"),
        (3, "int64"),
        (2**63, None),
        (0.5, "float64"),
        (np.float32(0.5), "float32"),
        (np.uint8(1), "uint8"),
        ((3, 0.5), "(int64,float64)"),
        ((3, "a"), None),
        (None, "none"),
        ("a", None),
        ([1], None),
    ],
)
def test_types_are_told_exactly(value, name):
    assert ahead_of_time.name_type(value) == name


def test_numba_takes_these_names_for_the_types_that_it_gives():
    from numba import typeof

    for value in (
        *(np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.float32).T, np.zeros((4, 6))[::2], np.zeros((1, 3)).T),
        *(np.broadcast_to(np.float64(1), (2, 2)), np.frombuffer(b"ab", np.uint8), np.zeros(3, bool)),
        *(True, np.bool_(True), 3, -3, 0.5, np.float32(1), np.uint8(1), np.int64(1), (3, 4), (3, 0.5), None),
    ):
        assert _numba.numba_type(ahead_of_time.name_type(value)) == typeof(value)


def test_the_compiled_kernel_is_called_where_every_type_is_its_own(library):
    kernel = made()
    kernel.jit = sum
    put(library, kernel, ("float64.1C",))
    assert kernel(np.ones(3)) == "compiled"
    read_only = np.ones(3)
    read_only.flags.writeable = False
    for values in (np.ones(3, np.float32), np.ones(6)[::2], read_only, np.ones(3, np.int64)):
        assert kernel(values) == 3
    assert kernel(np.ones(3)) == "compiled"


@pytest.mark.parametrize(
    "change",
    [
        {"caller": CALLER.replace("0.0", "1.0")},
        {"caller": CALLER.replace("+=", "-=")},
        {"callee": CALLEE.replace("*", "/")},
        {"scale": 3.0},
        {"scale": 2},
        {"scale": np.float32(2)},
        {"error_model": "numpy"},
        {"fastmath": {"contract"}},
    ],
)
def test_whatever_is_edited_is_not_found_any_more(library, change):
    types = ("float64.1C",)
    assert ahead_of_time.name_kernel(made(), types) == ahead_of_time.name_kernel(made(), types)
    assert ahead_of_time.name_kernel(made(), types) != ahead_of_time.name_kernel(made(**change), types)
    put(library, made(), types)
    assert ahead_of_time.find_compiled(made(), (np.ones(3),))
    assert ahead_of_time.find_compiled(made(**change), (np.ones(3),)) is None


def test_constants_that_are_arrays_count_with_their_values():
    table = np.arange(3.0)
    names = {ahead_of_time.name_kernel(made(scale=scale), ()) for scale in (table, table + 1, table.astype(np.float32))}
    assert len(names) == 3


def test_a_kernel_that_uses_what_cannot_be_told_is_compiled_when_called(library):
    assert ahead_of_time.name_kernel(made(scale=object()), ()) is None
    inner = 3

    def closed(value):
        return value + inner

    kernel = _numba.Kernel(closed, {})
    assert ahead_of_time.name_kernel(kernel, ("int64",)) is None
    kernel.jit = closed
    assert kernel(4) == 7


def test_the_name_does_not_depend_on_the_seed_of_hashes():
    code = (
        "from featkit._compiled.ahead_of_time import hash_kernel\n"
        "from featkit.features.gradients import _nearest_votes as file\n"
    )
    code += "print(hash_kernel(file.cell_histograms))"
    found = {
        subprocess.check_output(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        )
        for seed in "12"
    }
    assert len(found) == 1


def test_the_setting_must_be_a_level_of_this_processor(monkeypatch):
    monkeypatch.setenv("FEATKIT_KERNELS", "x86-64-v9")
    with pytest.raises(ValueError, match="FEATKIT_KERNELS must be 'jit' or a level of this processor.*'x86-64-v9'"):
        ahead_of_time.compiled_kernels.__wrapped__()
    monkeypatch.setenv("FEATKIT_KERNELS", "jit")
    assert ahead_of_time.compiled_kernels.__wrapped__() is None


@pytest.mark.parametrize("word", ["BOUNDSCHECK", "DISABLE_JIT"])
def test_kernels_are_numbas_where_numba_is_told_to_check_them(monkeypatch, word):
    monkeypatch.delenv("FEATKIT_KERNELS", raising=False)
    monkeypatch.setattr(ahead_of_time, "levels_of_processor", lambda: ["x86-64-v3"])
    library = ModuleType("featkit._kernels.x86_64_v3")
    monkeypatch.setitem(sys.modules, library.__name__, library)
    monkeypatch.setenv(f"NUMBA_{word}", "1")
    assert ahead_of_time.compiled_kernels.__wrapped__() is None
    monkeypatch.setenv(f"NUMBA_{word}", "0")
    assert ahead_of_time.compiled_kernels.__wrapped__() is library


def test_the_best_library_there_is_is_taken(monkeypatch):
    monkeypatch.delenv("FEATKIT_KERNELS", raising=False)
    monkeypatch.setattr(ahead_of_time, "levels_of_processor", lambda: ["x86-64-v4", "x86-64-v3"])
    library = ModuleType("featkit._kernels.x86_64_v3")
    monkeypatch.setitem(sys.modules, "featkit._kernels.x86_64_v4", None)
    monkeypatch.setitem(sys.modules, "featkit._kernels.x86_64_v3", library)
    assert ahead_of_time.compiled_kernels.__wrapped__() is library
    monkeypatch.setitem(sys.modules, "featkit._kernels.x86_64_v3", None)
    assert ahead_of_time.compiled_kernels.__wrapped__() is None


def test_numba_compiles_for_the_level_of_the_library(monkeypatch):
    """Types that were compiled ahead and types that were not give the same bits in one process."""
    from numba.core import config

    monkeypatch.setattr(ahead_of_time, "levels_of_processor", lambda: ["x86-64-v4", "x86-64-v3"])
    for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"):
        monkeypatch.setenv(name, "")  # so that it is what it was after the test
        monkeypatch.delenv(name)
    for name in ("CPU_NAME", "CPU_FEATURES"):
        monkeypatch.setattr(config, name, None)
    for library, name in (
        (None, None),
        (ModuleType("featkit._kernels.x86_64_v3"), "x86-64-v3"),
        (ModuleType("featkit._kernels.x86_64_v4"), "x86-64-v3"),  # what is set stays
    ):
        monkeypatch.setattr(ahead_of_time, "compiled_kernels", lambda library=library: library)
        ahead_of_time.let_numba_compile_for_the_same_level()
        assert os.environ.get("NUMBA_CPU_NAME") == config.CPU_NAME == name


V3 = "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
V4 = f"{V3} avx512f avx512bw avx512cd avx512dq avx512vl"


@pytest.mark.parametrize(
    ("flags", "levels"),
    [(V4, ["x86-64-v4", "x86-64-v3"]), (V3, ["x86-64-v3"]), (V4.replace(" fma", ""), []), ("sse2", [])],
)
def test_levels_follow_the_flags_of_the_processor(monkeypatch, tmp_path, flags, levels):
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\nbugs\t\t: avx2\n")
    monkeypatch.setattr(processor, "open", lambda path: (tmp_path / "cpuinfo").open(), raising=False)
    monkeypatch.setattr(processor.platform, "machine", lambda: "x86_64")
    assert processor.levels_of_processor() == levels
    monkeypatch.setattr(processor.platform, "machine", lambda: "riscv64")
    assert processor.levels_of_processor() == []
