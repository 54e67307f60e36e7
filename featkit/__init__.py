"""Classical image features as scikit-learn transformers.

The names that are typed first stand here, in ``__init__.pyi``, and are loaded on first use; all others stand in the
sub-package of their family, such as ``featkit.features.texture``.
"""

from ._lazy import attach_stub

__version__ = "0.2.0.dev0"

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
