"""Image file formats: the bytes of a file become an array; nothing here opens a file.

OpenCV decodes where it keeps every bit; Pillow, tifffile and, where it is installed, imagecodecs do the rest. Size and
orientation are read from the header before a pixel is decoded, and completeness is checked here, because process-wide
switches of Pillow (``MAX_IMAGE_PIXELS``, ``LOAD_TRUNCATED_IMAGES``) belong to the program, not to a library.
"""
