"""Carries a mask from the picture that it was inferred from to newer ones. Pure: pictures and maps in, maps out."""
