"""
Leaves without landmarks: sliding points and deformation grids
==============================================================

Tip and stalk of a leaf are landmarks; points between them lie anywhere on its edge. `ProcrustesAligner` lets such
semilandmarks slide to where the deformation from the mean shape bends least, so that what is left is shape and not
where somebody clicked. `DeformationGridDisplay` shows how one leaf differs from the mean.
"""

import numpy as np
from matplotlib.figure import Figure

from featkit import ProcrustesAligner
from featkit.display import DeformationGridDisplay


def outline(rng, broad, bend):
    """Tip, five points of one edge, stalk, five of the other, put at random places of the edges."""
    first, second = (np.pi * np.sort(rng.uniform(0.08, 0.92, 5)) for _ in range(2))
    turn = np.concatenate([[0], first, [np.pi], np.pi + second])
    shape = -3 * np.cos(turn) - 1j * broad * np.sin(turn) + 1j * bend * np.cos(turn) ** 2
    return np.stack([shape.real, shape.imag], axis=1).ravel()


rng = np.random.default_rng(0)
leaves = np.stack([outline(rng, rng.uniform(0.9, 1.1), 0) for _ in range(30)])
other = outline(rng, 1.4, 0.8)
ring = [(place - 1, place, (place + 1) % 12) for place in range(1, 12) if place != 6]

figure = Figure(figsize=(8, 3), layout="constrained")
for axis, sliders in zip(figure.subplots(1, 2), (None, ring)):
    aligner = ProcrustesAligner(sliders=sliders).fit(leaves)
    spread = aligner.transform(leaves).var(axis=0).sum()
    aligned = aligner.transform([other])[0]
    DeformationGridDisplay(aligner.mean_shape_, aligned, lines=[(*range(12), 0)]).plot(axis)
    axis.set_title(f"{'points as put' if sliders is None else 'slid'}: variance of the others {spread:.3f}", fontsize=9)
