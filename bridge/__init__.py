"""MAC-Net Bridge: continue a clip with melody and accompaniment from a GRU."""

__version__ = "0.1.0"
