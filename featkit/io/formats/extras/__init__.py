"""Formats of phones, archives and instruments: AVIF, HEIC, JPEG 2000, DICOM."""
