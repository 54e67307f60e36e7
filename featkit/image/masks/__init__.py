"""Masks and label images: their kinds, components and extents; public in `featkit.image`."""
