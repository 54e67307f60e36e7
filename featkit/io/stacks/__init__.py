"""Files that hold more than one image: pages and frames, channels, planes of a stack, videos."""
