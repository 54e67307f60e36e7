"""Image to image: resizing, colour, lighting, background, cropping."""
