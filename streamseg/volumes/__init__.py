"""Volumes and sequences: NIfTI, MetaImage, NRRD and NPY, in any direction of the patient or frame by frame."""
