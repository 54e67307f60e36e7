"""
How do forms differ? Shape components
=====================================

Principal components of elliptic Fourier coefficients, drawn: what a collection of outlines differs in most, from one
extreme to the other. Morphometry of leaves, shells, otoliths.
"""

import numpy as np

from featkit import EllipticFourier, make_shapes
from featkit.display import ShapeComponentsDisplay

shapes = [make_shapes(40, shape=shape, random_state=0).images > 127 for shape in ("ellipse", "rectangle")]
rows = EllipticFourier(n_harmonics=8).fit_transform(np.concatenate(shapes))
display = ShapeComponentsDisplay.from_coefficients(rows, n_components=2).plot()
