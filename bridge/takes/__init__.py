"""Takes: every answer with the request that made it: history, favourites, and making one again."""

from bridge.takes.store import FILE_NAME, Take, Takes

__all__ = ["FILE_NAME", "Take", "Takes"]
