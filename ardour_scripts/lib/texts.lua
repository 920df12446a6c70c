-- Everything that these actions tell their user.

return {
  nothing_selected = "Select a MIDI region first.",
  too_many = "Select one MIDI region, or two: a melody and its accompaniment.",
  two_lengths = "The two selected regions must start and end together.",
  not_midi = "The selected region is audio: MAC-Net reads MIDI regions.",
  no_notes = "There is no note to go on from in this region.",
  only_drums = "These are drums (by channel 10, or by name): MAC-Net composes melody and accompaniment.",
  no_mailbox = "The bridge's packet folder is not there (%s). Start the bridge with: macnet serve",
  no_bridge = "The bridge does not answer. Start it in a terminal with: macnet serve",
  newer = "The bridge speaks protocol %s, this script speaks %s: update the older of the two.",
}
