"""What a musician would recognise: notes, clips, meters, MIDI files, roles, keys."""
