"""Several machines: a library is read, and a model trained, on a Ray cluster. Only this room knows Ray."""
