"""Import packages that only an extra installs."""

from importlib import import_module
from types import ModuleType

from .exceptions import MissingDependencyError


def require(module: str, *, extra: str) -> ModuleType:
    """Import an optional module, or say which extra installs it.

    Parameters
    ----------
    module : str
        Name to import, such as ``"dlib"``.
    extra : str
        The extra of featkit that installs it, such as ``"faces"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingDependencyError
        When it cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"The package {module!r} is needed here and could not be imported ({error}). "
            f'Install it with: pip install "featkit-images[{extra}]"',
            name=module,
        ) from error
