"""Embeddings of pretrained networks that the user has as a file, beside the classical features."""

from ..._lazy import attach_stub

__getattr__, __dir__, __all__ = attach_stub(__name__, __file__)
