"""
One person or two? Learn it from photos of many
===============================================

`FaceMatcher` learns from several photos of many people how alike two photos of one person are, and gives a probability
for every pair of photos of others. Here the descriptions are made up; `describe_face` makes them of photos. It is no
proof of identity.
"""

import numpy as np
from matplotlib.figure import Figure

from featkit import FaceMatcher
from featkit.faces.comparison import FaceDescription

rng = np.random.default_rng(0)
person = np.repeat(np.arange(24), 4)
parts = [rng.normal(size=(24, width))[person] + rng.normal(0, 1.2, (96, width)) for width in (136, 60, 80, 40)]
faces = [FaceDescription(*values) for values in zip(*parts)]
matcher = FaceMatcher(n_components=10).fit(faces[:48], person[:48])
probability = matcher.probabilities(faces[48:], faces[48:])
first, second = np.triu_indices(48, 1)
same = person[48:][first] == person[48:][second]
figure = Figure(figsize=(5, 3), layout="constrained")
axis = figure.subplots()
pairs = [probability[first[same], second[same]], probability[first[~same], second[~same]]]
axis.hist(pairs, bins=20, density=True, label=["one person", "two people"])
axis.axvline(matcher.threshold_, color="black", linestyle="--", label="threshold")
axis.set(xlabel="probability of one person", title="12 people that it was not learnt from")
legend = axis.legend(frameon=False)
