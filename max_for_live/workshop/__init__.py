"""What makes `MAC-Net.amxd` out of `device.maxpat` and `code/*.js`, and what checks and draws it."""
