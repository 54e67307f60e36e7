"""Color spaces of files: what an ICC profile, code points or a gamma say is converted to sRGB."""
