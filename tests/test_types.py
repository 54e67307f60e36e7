"""Every public function, class and method tells the types of its parameters and of its result."""

import inspect

import pytest

from tests.public_names import public_items

PUBLIC = [item for _, _, item in public_items()]


def public_callables(item):
    """The function itself, or a class's constructor and public methods, as far as featkit wrote them."""
    if not inspect.isclass(item):
        return [item] if callable(item) else []
    members = [(name, getattr(member, "__func__", member)) for name, member in vars(item).items()]
    return [
        member.fget if isinstance(member, property) else member
        for name, member in members
        if (name == "__init__" or not name.startswith("_"))
        and (inspect.isfunction(member) or isinstance(member, property))
        if getattr(member, "__module__", "featkit").startswith("featkit")
    ]


@pytest.mark.parametrize(
    "function", [f for item in PUBLIC for f in public_callables(item)], ids=lambda f: f.__qualname__
)
def test_every_parameter_and_the_result_have_a_type(function):
    signature = inspect.signature(function)
    untyped = [
        name for name, p in signature.parameters.items() if name not in ("self", "cls") and p.annotation is p.empty
    ]
    assert untyped == []
    assert signature.return_annotation is not signature.empty
