"""Trees of scikit-learn's histogram gradient boosting in a saved model, looked at before they are believed.

Their nodes point at each other and at columns by numbers that compiled code follows without looking, so that skops does
not trust them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE

TREES = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


def refuse_unsound_trees(estimators: Iterable[Any]) -> None:
    """Check that all nodes of all trees stay within their tree and within the columns of their estimator.

    Parameters
    ----------
    estimators : iterable of object
        Those without such trees pass.

    Raises
    ------
    TypeError
        When a node points elsewhere; for trees with categories as well.
    """
    for estimator in estimators:
        held = vars(estimator)
        n_columns = held.get("n_features_in_")
        trees = [tree for of_round in held.get("_predictors", ()) for tree in of_round]
        if trees and not (isinstance(n_columns, int) and all(_is_sound(tree.nodes, n_columns) for tree in trees)):
            raise TypeError(f"trees that do not fit their columns or have categories ({TREES})")


def _is_sound(nodes: Any, n_columns: int) -> bool:
    if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or nodes.dtype != PREDICTOR_RECORD_DTYPE or not len(nodes):
        return False
    inner = nodes[nodes["is_leaf"] == 0]
    place = np.flatnonzero(nodes["is_leaf"] == 0)
    children = np.stack([inner["left"], inner["right"]]).astype(np.int64)
    columns = inner["feature_idx"].astype(np.int64)
    return bool(
        (children > place).all()
        and (children < len(nodes)).all()
        and ((columns >= 0) & (columns < n_columns)).all()
        and not inner["is_categorical"].any()
    )
