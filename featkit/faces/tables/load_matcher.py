"""Load face verification that was learnt from a folder."""

import os

from ...persistence import load_model
from ..comparison.matcher import FaceMatcher


def load_matcher(path: str | os.PathLike[str]) -> FaceMatcher:
    """Load a `FaceMatcher` from the file that ``featkit train-verifier`` or `featkit.save_model` wrote.

    Parameters
    ----------
    path : str or PathLike
        The file.

    Returns
    -------
    matcher : FaceMatcher
        Fitted, the verifier of `featkit.compare_faces`.

    Raises
    ------
    SavedModelError
        When the file is no saved model or holds types that are not trusted.
    ValueError
        When it holds another model.

    See Also
    --------
    train_matcher : Learns one from a folder of photos.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from featkit import save_model
    >>> from featkit.faces.comparison import FaceDescription, FaceMatcher
    >>> from featkit.faces.tables import load_matcher
    >>> persons = np.repeat(np.arange(6), 3)
    >>> rng = np.random.default_rng(0)
    >>> parts = [rng.normal(size=(6, n))[persons] + rng.normal(0, 0.3, (18, n)) for n in (136, 60, 80, 40)]
    >>> matcher = FaceMatcher(n_components=5).fit([FaceDescription(*face) for face in zip(*parts)], persons)
    >>> file = tempfile.mkdtemp() + "/verifier.skops"
    >>> save_model(matcher, file)
    >>> load_matcher(file).threshold_ == matcher.threshold_
    True
    """
    model = load_model(path)
    if not isinstance(model, FaceMatcher) or not hasattr(model, "parts_"):
        raise ValueError(f"{path}: expected a verifier of featkit train-verifier, got a {type(model).__name__}.")
    return model
