// Every sentence that a user of the device may read. {0}, {1} ... are filled in; what does not fit is cut and ends in an ellipsis.

var texts = (function () {
  var LIMIT = 132; // characters of the status line, as face.json says
  var NAME = 34; // characters of a name in it
  var SENTENCE = 110; // characters of what somebody else says
  var QUOTES = { failed: true, other_protocol: true, landed_note: true, auto_stopped: true, fault: true, star_failed: true, not_written: true };
  var all = {
    starting: "Looking for the bridge on port {0} ...",
    no_bridge: "No bridge on port {0}: start it with \u201cmacnet serve\u201d, or set Port to where it listens.",
    no_bridge_short: "no bridge on port {0}",
    looking_short: "looking on port {0}",
    bridge_short: "{0}, bridge {1}",
    waiting_for_bridge: "The bridge went silent: waiting for it. Start it again with \u201cmacnet serve\u201d, or press Cancel.",
    newer: "Bridge {0} is newer than this device: install its MAC-Net.amxd and put it in this set anew.",
    newer_works: "Bridge {0} is newer than this device ({1}). It works; the newest MAC-Net.amxd lies beside the bridge.",
    older: "Bridge {0} is older than this device: update the bridge.",
    other_protocol: "Bridge and device speak different versions: update the older. {0}",
    port_taken: "Reply port {0} is taken by another device or program: set Reply to 0, or to another number.",
    deaf: "Neither the bridge (port {0}) nor its own packets reach this device: start \u201cmacnet serve\u201d, let Live through the firewall.",
    ready: "Ready. \u201c{0}\u201d: {1}, {2}.",
    ready_no_clip: "Connected. Select a MIDI clip and press Continue.",
    no_clip: "Select a MIDI clip first: open it in the detail view, or highlight its slot.",
    empty_slot: "The highlighted slot is empty: select one with a MIDI clip.",
    audio_clip: "This is an audio clip: MAC-Net continues MIDI clips. Select a MIDI clip.",
    no_notes: "No note to go on from in \u201c{0}\u201d (muted notes and notes outside the loop do not count).",
    too_many_notes: "\u201c{0}\u201d has {1} notes: select at most {2} of them, or make its loop shorter.",
    too_long: "\u201c{0}\u201d is {1} beats long: select some of its notes, or make its loop shorter ({2} at most).",
    drums: "\u201c{0}\u201d is drums: MAC-Net composes melody and accompaniment. If it is not, set \u201cClip is\u201d.",
    frozen: "Track \u201c{0}\u201d is frozen: unfreeze it first (right-click its header).",
    recording: "\u201c{0}\u201d is being recorded: stop recording first.",
    busy_auto: "Auto is on: switch it off first.",
    which: "Which one? Launch a variation first (Next, or its clip), then press this again.",
    busy: "Still composing: wait, or press Cancel.",
    asking: "Asking the bridge ...",
    composing: "Composing, {0} % ...",
    queued: "The bridge is busy: your request waits in its queue.",
    cancelled: "Cancelled: nothing was written.",
    nothing_to_cancel: "Nothing is being composed.",
    landed: "{0} variations below \u201c{1}\u201d. Next and Prev launch them, Keep chooses.",
    landed_one: "One variation below \u201c{0}\u201d. Next launches it, Another makes more.",
    landed_row: "{0} on \u201c{1}\u201d, from row {2} down. Next and Prev launch them, Keep chooses.",
    landed_arrangement: "One variation {1} \u201c{0}\u201d. Another makes more.",
    landed_lanes: "{0} {2} \u201c{1}\u201d, the others in take lanes. Next and Prev swap them in.",
    landed_other: "{0} {2} \u201c{1}\u201d, the others below in Session. Next and Prev swap them in.",
    after: "right after",
    beside: "beside",
    landed_elsewhere: "Something lies after \u201c{1}\u201d now: {0} landed below in Session instead.",
    one_variation: "one variation",
    variations: "{0} variations",
    first_of: "1 of {0}",
    landed_note: "{0}. {1}",
    landed_new_track: "{0} below \u201c{1}\u201d. Next launches them. Put an instrument on the new track \u201c{2}\u201d.",
    primer_gone: "The clip was deleted while MAC-Net composed: nothing was written. The take is kept by the bridge.",
    clip_gone: "The clip of that question is gone: select a clip and press Continue.",
    no_room_session: "No room: no free slot below \u201c{0}\u201d, and Live lets no scene be added. Free {1} slots.",
    no_room_arrangement: "No room after \u201c{0}\u201d: something starts at beat {1} on \u201c{2}\u201d. Move it, or choose fewer bars.",
    no_room_beside: "No room beside \u201c{0}\u201d on \u201c{2}\u201d: something lies at beat {1}. Choose another track for the other voice.",
    no_track: "Live lets no track be added: choose a track in \u201cTo\u201d for the other voice.",
    track_gone: "The track chosen in \u201cTo\u201d is gone: choose another one.",
    same_track: "\u201cTo\u201d names the clip's own track: choose another one for the other voice.",
    track_is_nowhere: "Accompany needs somewhere to write: choose a track in \u201cTo\u201d.",
    not_written: "Live refused to write the clips ({0}): nothing was left behind. Please run Self test and report it.",
    nothing_came: "The bridge sent no notes: press Another.",
    no_answer: "There is no answer yet: select a clip and press Continue.",
    variations_gone: "The clips of the last answer are gone: press Continue, or undo.",
    front_gone: "The clip that stood right after is gone: undo that, or press Continue.",
    shown: "Variation {0} of {1} is launched.",
    shown_arrangement: "Variation {0} of {1} is in the Arrangement now.",
    kept: "Kept variation {0}: the others are gone (undo brings them back).",
    kept_edited: "Kept variation {0}, and {1} that you had edited.",
    kept_only: "There is only this variation. Another makes more.",
    starred: "Starred: \u201cmacnet takes list --starred\u201d lists it.",
    unstarred: "No longer a favourite.",
    star_failed: "Not starred: {0}",
    auto_first: "Auto: composing what follows \u201c{0}\u201d ...",
    auto_waits: "Auto: ready. Launch \u201c{0}\u201d and the music goes on from it.",
    auto_waits_song: "Auto: ready. Start the song: parts are added ahead of the playhead.",
    auto_soon: "Auto: takes over when \u201c{0}\u201d ends its loop.",
    auto_plays: "Auto: {0} bars so far, {1} ahead. Switch Auto off to end.",
    auto_off: "Auto is off. What it has written stays.",
    auto_was_on: "Auto was on when this set was saved: switch it on when you want it.",
    auto_stopped: "Auto stopped: {0}",
    auto_blocked: "Auto stopped: something lies at beat {0} on \u201c{1}\u201d.",
    auto_clip_gone: "Auto stopped: its clip was deleted.",
    failed: "{0} {1}",
    stalled: "The bridge makes no progress: press Continue again, or restart \u201cmacnet serve\u201d.",
    lost: "The bridge stopped answering on port {0}: start \u201cmacnet serve\u201d and press the button again.",
    fault: "MAC-Net met a fault of its own and stopped: {0}. Please report it (Self test).",
    restored: "Welcome back: {0} of \u201c{1}\u201d. Next and Prev launch them.",
    testing: "Self test: {0} ...",
    tested: "Self test done: copy the report from its window into your bug report.",
    new_track: "New track",
    nowhere: "Nowhere",
    bridges_choice: "Bridge's choice",
    melody: "melody",
    accompaniment: "accompaniment",
    bars: "{0} bars",
    bar: "1 bar",
    selected: "{0} selected notes"
  };

  function cut(text, limit) {
    if (text.length <= limit) { return text; }
    return text.substr(0, limit - 1) + "\u2026";
  }

  // What comes before the first full stop that stands outside of a quoted name.
  function firstSentence(text) {
    var depth = 0;
    for (var at = 0; at < text.length; at += 1) {
      var letter = text.charAt(at);
      if (letter === "\u201c") { depth += 1; }
      if (letter === "\u201d") { depth -= 1; }
      if (depth === 0 && letter === "." && (at + 1 === text.length || text.charAt(at + 1) === " ")) { return text.substr(0, at); }
    }
    return text;
  }

  // The text of that name, filled in; at most as long as the status line.
  function say(name) {
    var given = arguments;
    var text = all[name].replace(/\{(\d)\}/g, function (_, at) {
      var value = given[Number(at) + 1];
      return value === undefined ? "" : cut(String(value), QUOTES[name] ? SENTENCE : NAME);
    });
    return cut(text.replace(/\s+$/, ""), LIMIT);
  }

  return { all: all, say: say, cut: cut, firstSentence: firstSentence };
}());
