// What is stored with the set: model and track by name, and the last answer by where its clips lie. Ids of Live do not
// survive a save, so places and names do instead.

var state = (function () {
  var VERSION = 1;
  var STORED_AT_MOST = 24000; // characters, as face.json says

  // Where a clip lies: { t: track, r: row, n: name } or { t, l: lane or -1, s: start, n }. null if it is gone.
  function placeOf(id) {
    if (!live.exists(id, "Clip")) { return null; }
    var track = live.trackOf(id);
    var it = { t: live.trackIndex(track), n: live.clipName(id) };
    var row = live.rowOf(id);
    if (row >= 0) {
      it.r = row;
      return it;
    }
    it.s = live.startOf(id);
    it.l = laneIndex(track, id);
    return it;
  }

  function laneIndex(track, id) {
    return (live.lanes(track) || []).map(function (lane) {
      return live.arrangement(lane).some(function (clip) { return clip.id === id; });
    }).indexOf(true);
  }

  function inArrangement(track, at) {
    var holder = at.l >= 0 ? (live.lanes(track) || [])[at.l] : track;
    var found = holder ? live.arrangement(holder).filter(function (clip) { return Math.abs(clip.from - at.s) < 0.01; }) : [];
    return found.length > 0 ? found[0].id : 0;
  }

  function isNamed(id, name) {
    return id > 0 && live.clipName(id) === name;
  }

  // The clip at a place, if it still has its name; else the only clip in a slot of the set that has it.
  function clipAt(at) {
    if (!at) { return 0; }
    var track = live.tracks()[at.t];
    var id = track ? (at.r === undefined ? inArrangement(track, at) : live.slotClip(track, at.r)) : 0;
    return isNamed(id, at.n) ? id : onlyNamed(at.n);
  }

  function onlyNamed(name) {
    var found = [];
    live.tracks().forEach(function (track) {
      live.slots(track).forEach(function (slot) {
        var id = slot.isFull ? live.clipIn(slot.id) : 0;
        if (isNamed(id, name)) { found.push(id); }
      });
    });
    return found.length === 1 ? found[0] : 0;
  }

  function mapped(clips, call) {
    var it = {};
    Object.keys(clips).forEach(function (role) {
      var value = call(clips[role]);
      if (value) { it[role] = value; }
    });
    return it;
  }

  function packedAnswer(answer) {
    return {
      at: answer.at, title: answer.title, kind: answer.kind, bars: answer.bars, count: answer.count, shown: answer.shown,
      primer: placeOf(answer.primer),
      v: answer.variations.map(function (one) {
        return { take: one.takeId, seed: one.rngSeed, star: one.star, at: mapped(one.clips, placeOf), marks: one.marks };
      })
    };
  }

  function packedTrack(id) {
    return { t: live.trackIndex(id), n: live.trackName(id) };
  }

  function packedPairs(pairs) {
    return pairs.filter(function (pair) {
      return pair.every(function (id) { return live.exists(id, "Track"); });
    }).map(function (pair) { return pair.map(packedTrack); });
  }

  // One line of text for the pattr. most: how many variations are kept, the newest ones.
  function packed(it, most) {
    var answer = it.answer ? packedAnswer(it.answer) : null;
    if (answer && answer.v.length > most) {
      answer.shown = Math.max(-1, answer.shown - answer.v.length + most);
      answer.v = answer.v.slice(-most);
    }
    return JSON.stringify({
      macnet: VERSION, model: it.model, target: { kind: it.target.kind, name: it.target.name || "" },
      pairs: packedPairs(it.pairs), answer: answer
    });
  }

  function pack(it) {
    var most = 128;
    var text = packed(it, most);
    while (text.length > STORED_AT_MOST && most >= 1) {
      most = Math.floor(most / 2);
      text = packed(it, most);
    }
    return text;
  }

  // The track at a place, if it still has its name; else the only one that has it.
  function trackAt(at) {
    var all = live.tracks();
    if (all[at.t] && live.trackName(all[at.t]) === at.n) { return all[at.t]; }
    var named = all.filter(function (id) { return live.trackName(id) === at.n; });
    return named.length === 1 ? named[0] : 0;
  }

  function unpackedPairs(pairs) {
    return (pairs || []).map(function (pair) { return pair.map(trackAt); }).filter(function (pair) { return pair[0] && pair[1]; });
  }

  function unpackedAnswer(packed) {
    if (!packed || !packed.v) { return null; }
    var answer = {
      at: packed.at, title: packed.title, kind: packed.kind, bars: packed.bars, count: packed.count, shown: packed.shown,
      primer: clipAt(packed.primer), job: null
    };
    answer.variations = packed.v.map(function (one) {
      return { takeId: one.take, rngSeed: one.seed, star: one.star, clips: mapped(one.at, clipAt), marks: one.marks };
    });
    return answer;
  }

  // What was stored; null if it is not ours, or from a newer device.
  function unpack(text) {
    var it = null;
    try { it = JSON.parse(text); } catch (error) { return null; }
    if (!it || it.macnet !== VERSION) { return null; }
    return { model: it.model || null, target: it.target || { kind: "new" }, pairs: unpackedPairs(it.pairs), answer: unpackedAnswer(it.answer) };
  }

  return { pack: pack, unpack: unpack };
}());
