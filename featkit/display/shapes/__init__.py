"""Drawings of landmarks without a photo: schemes of points, deformation grids."""
