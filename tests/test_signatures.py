"""The list of kernels to compile ahead of time fits the kernels that there are."""

import importlib

import pytest

from featkit._compiled.ahead_of_time import name_kernel
from featkit._numba import Kernel, numba_type
from featkit._signatures import kernel_of, read_signatures

ALL = list(read_signatures())


def test_every_line_names_a_kernel_and_as_many_types_as_it_takes():
    wrong = [(module, name) for module, name, types in ALL if kernel_of(module, name, types) is None]
    assert not wrong, "run python -m tools.kernels.record"
    assert len(ALL) == len(set(ALL)) > 100


def test_every_kernel_has_a_name_in_the_library():
    nameless = [
        (module, name) for module, name, types in ALL if name_kernel(kernel_of(module, name, types), types) is None
    ]
    assert not nameless, "none of the kernels would be compiled ahead of time"


def test_every_type_is_one_of_numba():
    for types in {types for _, _, types in ALL}:
        assert len(list(map(numba_type, types))) == len(types)


@pytest.mark.parametrize(
    "kernel",
    [
        "io.color._matrix_tables._fill_by_pairs",
        "features.gradients._nearest_votes.cell_histograms",
        "features.binary_patterns._codes.count_labels",
        "preprocessing.foreground.segmentation._unpacked",
    ],
)
def test_kernels_that_everybody_calls_are_in_it(kernel):
    module, _, name = f"featkit.{kernel}".rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), name), Kernel)
    assert (module, name) in {(found, kernel) for found, kernel, _ in ALL}


def test_packages_are_chosen_by_their_names():
    chosen = list(read_signatures(["featkit.features.gradients", "featkit.image.alpha"]))
    assert {module.rpartition(".")[0] for module, _, _ in chosen} == {"featkit.features.gradients", "featkit.image"}
    assert len(list(read_signatures(["featkit.features.grad"]))) == 0
