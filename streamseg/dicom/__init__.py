"""DICOM: series found in files and folders, their slices in order, their pixels in Hounsfield or display levels."""
