"""Raw files of cameras: the mosaic is not developed, the preview of the camera is read where that is asked for."""
