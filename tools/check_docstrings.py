"""Hold the docstrings of all public names to numpydoc: `make lint` runs it.

    python -m tools.check_docstrings [PACKAGE ...]

Checked are the rules of `CHECKED` on every public function and class and, without those on See Also and examples, on
the public methods that a class defines itself.
"""

import importlib
import inspect
import sys

from numpydoc.validate import validate

from tests.public_names import public_items

CHECKED = {
    *("GL01", "GL02", "GL03", "GL05", "GL06", "GL08", "GL09", "GL10"),  # layout and sections
    *("SS01", "SS02", "SS03", "SS04", "SS06"),  # the summary: one line, a sentence
    *("PR01", "PR02", "PR03", "PR04", "PR07", "PR10"),  # every parameter, with type and description
    *("RT01", "RT03", "YD01"),  # what comes back
    *("SA01", "SA02", "SA03", "SA04"),  # See Also, and what each name in it is
    "EX01",
}
OF_METHODS = CHECKED - {"SA01", "EX01"}

# name: rule that does not apply, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {}


def needs_no_example(item):
    """Errors and warnings are raised, results are returned: an example of how to make one would mislead."""
    return inspect.isclass(item) and (issubclass(item, Exception) or hasattr(item, "_fields"))


def own_methods(kind):
    """Names of public methods whose docstring is the class's own."""
    for name, member in vars(kind).items():
        function = getattr(member, "__func__", member)
        is_ours = inspect.isfunction(function) and (function.__module__ or "").startswith("featkit")
        if is_ours and not name.startswith("_") and function.__doc__:
            yield name


def faults(path, rules):
    excused = EXCEPTIONS.get(path, {})
    return [(path, code, text) for code, text in validate(path)["errors"] if code in rules and code not in excused]


def all_faults(packages):
    for package, name, item in public_items():
        if packages and not package.startswith(tuple(packages)):
            continue
        if not (inspect.isfunction(item) or inspect.isclass(item)):
            continue
        module = importlib.import_module(item.__module__)
        path = f"{module.__name__}.{name}"
        # the fields of a named tuple stand under Attributes
        rules = CHECKED - {"SA01", "EX01", "PR01"} if needs_no_example(item) else CHECKED
        yield from faults(path, rules)
        if inspect.isclass(item):
            for method in own_methods(item):
                yield from faults(f"{path}.{method}", OF_METHODS)


def main():
    found = list(all_faults(sys.argv[1:]))
    for path, code, text in found:
        print(f"{path}: {code} {text}")
    if found:
        print(f"{len(found)} faults")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
