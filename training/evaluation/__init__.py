"""How well a model does on annotated pictures that it has not seen: figures, intervals, report and pictures."""
