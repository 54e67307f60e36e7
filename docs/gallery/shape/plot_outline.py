"""
The outline as Fourier descriptors
==================================

`EllipticFourier` writes a closed outline as a few ellipses; the first ones draw the form, the later ones its detail.
Size, place and rotation fall out.
"""

from matplotlib.figure import Figure
from skimage.data import horse

from featkit import EllipticFourier
from featkit.features.contour import inverse_elliptic_fourier

mask = ~horse()
figure = Figure(figsize=(9, 3), layout="constrained")
axes = figure.subplots(1, 4)
axes[0].imshow(mask, cmap="gray")
axes[0].set_title("foreground")
for axis, order in zip(axes[1:], (2, 6, 20)):
    row = EllipticFourier(n_harmonics=order).fit_transform([mask])[0]
    points = inverse_elliptic_fourier(row, n_points=400)
    axis.plot(points[:, 1], points[:, 0])
    axis.set(aspect="equal", title=f"{order} ellipses")
    axis.invert_yaxis()
for axis in axes:
    axis.set_axis_off()
