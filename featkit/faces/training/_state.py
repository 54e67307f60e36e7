"""Fitted predictors as they are stored: weights in half the room; what older ones lack is added."""

from typing import Any

import numpy as np

from ._descent import stage_radii

_RADII_OF = {"regressions_": "radii_", "near_regressions_": "near_radii_"}


def compact(state: dict[str, Any]) -> dict[str, Any]:
    """State with weights in float16, to which they were rounded in fit."""
    return state | {name: state[name].astype(np.float16) for name in _RADII_OF if name in state}


def restored(state: dict[str, Any]) -> dict[str, Any]:
    """State of a predictor from a stored one; predictors of 0.1.0 never stop early and know no box rule."""
    added: dict[str, Any] = {"early_stopping": False}
    if "n_points_" in state:
        added["box_rule_"] = None
    for name, radii in _RADII_OF.items():
        if name in state:
            added[radii] = stage_radii(len(state[name]))
            state = state | {name: state[name].astype(np.float32)}
    return added | state
