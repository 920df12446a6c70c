"""The GRU: its model, training, checkpoints, the runtime that needs no torch, and sampling."""
