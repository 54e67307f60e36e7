"""No message of featkit repeats more than 80 characters of what it refuses, however long that is."""

import inspect
import linecache
import warnings
from pathlib import Path

import pytest

from featkit.exceptions import LONGEST
from featkit.testing import check_pictures
from tests.contract.test_functions import NEEDED
from tests.public_names import ROOT, public_items

LONG = "ÿ" * 10_000  # no message of featkit's own has this letter
VALUES = {
    "text": LONG,
    "path": Path(LONG),
    "bytes": LONG.encode(),
    "dict": {LONG: LONG},
    "list": [LONG, {"path": LONG}],
}
PICTURES = list(check_pictures(2, height=96, width=112))
# Packages whose functions take more than images and numbers: all of their parameters get the long values.
WITH_WORDS = ("io", "extraction", "evaluation", "measurement", "inspection", "objects", "scale", "faces.exchange")


def calls():
    """What is called with a long value, and in the place of which parameter."""
    for package, name, item in public_items():
        title = f"{package}.{name}"
        if inspect.isclass(item) and hasattr(item, "fit"):
            yield pytest.param(item, "X", id=f"{title}.fit")
            for parameter in inspect.signature(item).parameters:
                yield pytest.param(item, parameter, id=f"{title}-{parameter}")
        elif inspect.isfunction(item):
            parameters = [p.name for p in inspect.signature(item).parameters.values() if p.kind is not p.VAR_KEYWORD]
            has_words = package.removeprefix("featkit.").startswith(WITH_WORDS)
            for parameter in parameters if has_words else parameters[:1]:
                yield pytest.param(item, parameter, id=f"{title}-{parameter}")


def needed_by(item):
    """Arguments without which nothing is called: two images, and what the contract of functions gives."""
    parameters = inspect.signature(item).parameters.values()
    needed = {p.name: PICTURES for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD}
    return {**needed, **NEEDED.get(item.__name__, {})}


def call(item, name, value):
    if not inspect.isclass(item):
        item(**{**needed_by(item), name: value})
    elif name == "X":
        item(**needed_by(item)).fit(value, [0, 1])
    else:
        item(**{**needed_by(item), name: value}).fit(PICTURES, [0, 1])


def is_own(error):
    """Whether featkit wrote the message: the innermost line is a raise of featkit's."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    file = trace.tb_frame.f_code.co_filename
    return Path(file).is_relative_to(ROOT) and linecache.getline(file, trace.tb_lineno).strip().startswith("raise")


def echoed(text):
    """Characters of the long value in a message; of bytes as `repr` writes them."""
    return text.count("ÿ") + text.count(r"\xc3")


@pytest.mark.parametrize(("item", "name"), list(calls()))
def test_messages_are_short(item, name, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    for kind, value in VALUES.items():
        messages = []
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                call(item, name, value)
            except Exception as error:
                if is_own(error):
                    messages += [str(error), *getattr(error, "__notes__", [])]
        messages += [str(warning.message) for warning in caught]
        for message in messages:
            assert echoed(message) <= LONGEST, f"{kind}: {message[:300]}"


def test_a_long_echo_would_be_found():
    assert echoed(f"expected an image, got {LONG!r}") == echoed(str(LONG.encode()[:20_000])) == 10_000
