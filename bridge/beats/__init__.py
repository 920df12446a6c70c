"""MAC-Net's representation: clips as beat words, words as symbols, songs as a playlist."""
