"""Shapes fitted to the edges of an image, and what they say of the plane that they lie in."""
