"""Image -> image: colour, geometry, light, foreground."""
