"""The shipped weights (ONNX) and what runs them; each model has a card beside it."""
