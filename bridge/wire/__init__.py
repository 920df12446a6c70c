"""OSC: what a DAW sends to the bridge and gets back, over UDP or as files in a folder."""
