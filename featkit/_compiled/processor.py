"""Levels of processors that kernels are compiled for, and which of them this processor runs."""

import platform
import re

# What a processor must tell in /proc/cpuinfo for a level; the best level first.
LEVELS: dict[str, dict[str, set[str]]] = {
    "x86_64": {
        "x86-64-v4": {
            *("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
            *("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"),
        },
        "x86-64-v3": {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
    },
    "aarch64": {"generic": set()},
}


def levels_of_architecture() -> dict[str, set[str]]:
    """Give the levels of processors like this one, the best first, with what each needs."""
    return LEVELS.get(platform.machine(), {})


def levels_of_processor() -> list[str]:
    """List the levels that this processor runs, the best first; none where the system does not tell."""
    try:
        with open("/proc/cpuinfo") as file:
            told = re.search(r"^(?:flags|Features)\s*:(.*)$", file.read(1 << 14), re.MULTILINE)
    except OSError:
        return []
    flags = set(told[1].split()) if told else set()
    return [level for level, needed in levels_of_architecture().items() if needed <= flags]


def library_name(level: str) -> str:
    """Name the module of the kernels compiled for a level; its folder is no package, so that nobody walks into it."""
    return "featkit._kernels." + level.replace("-", "_")
