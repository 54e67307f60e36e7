"""
The same or not? Verify pairs
=============================

Are two images of the same person, plant or animal, none of which was there in training? `WhitenedPCA` and
`WithinClassNormalizer` learn from other individuals which differences do not count, `PairFeatures` makes a likeness of
each pair, `FaceVerifier` finds the threshold. Here the features are made up: two of the ten vary with the light.
"""

import numpy as np
from matplotlib.figure import Figure
from sklearn.pipeline import make_pipeline

from featkit import FaceVerifier, PairFeatures, WhitenedPCA, WithinClassNormalizer

rng = np.random.default_rng(0)
individual = np.repeat(np.arange(80), 5)
spread = np.array([6, 5, *[0.5] * 8])
rows = rng.normal(size=(80, 10))[individual] + rng.normal(size=(400, 10)) * spread
known = individual < 40
metric = make_pipeline(WhitenedPCA(), WithinClassNormalizer()).fit(rows[known], individual[known])


def draw_pairs(of_known):
    """Indices of 500 pairs of one individual and 500 of two."""
    first, second = rng.choice(np.flatnonzero(known == of_known), (2, 100_000))
    same = (individual[first] == individual[second]) & (first != second)
    chosen = np.concatenate([np.flatnonzero(same)[:500], np.flatnonzero(individual[first] != individual[second])[:500]])
    return first[chosen], second[chosen], same[chosen]


figure = Figure(figsize=(8, 3), layout="constrained")
pairs = [draw_pairs(of_known) for of_known in (True, False)]
described = {"features as they are": rows, "learnt": metric.transform(rows)}
for axis, (name, table) in zip(figure.subplots(1, 2), described.items()):
    likeness = [
        PairFeatures(kinds=("cosine",)).fit_transform(np.hstack([table[first], table[second]]))
        for first, second, _ in pairs
    ]
    verifier = FaceVerifier().fit(likeness[0], pairs[0][2])
    same = pairs[1][2]
    right = (verifier.predict(likeness[1]) == same).mean()
    axis.hist([likeness[1][same, 0], likeness[1][~same, 0]], bins=25, label=["same", "another"])
    axis.set(xlabel="cosine of the pair", title=f"{name}: {100 * right:.0f} % of the pairs right")
    axis.legend(frameon=False)
