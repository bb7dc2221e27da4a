"""Networks as graphs: read from ONNX files without other packages, and rewritten exactly."""
