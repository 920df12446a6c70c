"""A producer's folder of music: found, read, refused with a reason, told apart, and reported."""
