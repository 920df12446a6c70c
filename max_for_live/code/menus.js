// The two menus that are filled while the device runs: the bridge's models, and the tracks that the other voice may go to.
// What was chosen is a name or a track, never a number: lists change.

var menus = (function () {
  var ITEM = 30; // characters, as face.json says
  var models = []; // what the bridge has
  var names = []; // what the menu shows
  var model = null; // the one that the user chose
  var target = { kind: "new" };
  var choices = [];
  var shown = "";
  var sent = {}; // the items of a menu, as they were sent last
  var marked = {}; // and the one that it shows
  var filled = 0; // when a menu was filled last, in milliseconds
  var partners = []; // pairs of tracks, one of which was made for the other
  var known = ""; // the tracks' ids when they were looked at last

  function item(text) {
    return texts.cut(text || "?", ITEM);
  }

  var senders = {
    model: {
      items: function (list) { face.show.apply(null, ["model_items"].concat(list)); },
      shown: function (index) { face.show("model_shown", index); }
    },
    track: {
      items: function (list) { face.show.apply(null, ["track_items"].concat(list)); },
      shown: function (index) { face.show("track_shown", index); }
    }
  };

  // Nothing is sent twice: the menu may be open.
  function fill(menu, items, index) {
    var text = JSON.stringify(items);
    var isNew = sent[menu] !== text;
    if (isNew) {
      sent[menu] = text;
      filled = new Date().getTime();
      senders[menu].items(items.map(item));
    }
    if (isNew || marked[menu] !== index) { mark(menu, index); }
  }

  function mark(menu, index) {
    marked[menu] = index;
    senders[menu].shown(Math.max(0, index));
  }

  // The bridge's models, the one that is used in front; one that was chosen stays in the list while the bridge lacks it.
  function showModels(inUse) {
    var wanted = model || inUse;
    names = models.slice();
    if (wanted && names.indexOf(wanted) < 0) { names.push(wanted); }
    if (names.length === 0) { names.push(texts.say("bridges_choice")); }
    fill("model", names, names.indexOf(wanted));
  }

  function setModels(list, inUse) {
    models = list.map(function (one) { return one.name; });
    showModels(inUse);
  }

  function pickModel(index) {
    var name = names[index];
    marked.model = index;
    model = name === undefined || name === texts.say("bridges_choice") ? null : name;
    return model;
  }

  function useModel(name) {
    model = name;
  }

  function isSame(one, other) {
    return one.kind === other.kind && (one.kind !== "track" || one.id === other.id);
  }

  function tracks() {
    var list = [{ kind: "new", text: texts.say("new_track") }, { kind: "nowhere", text: texts.say("nowhere") }];
    live.tracks().forEach(function (id, at) {
      var name = live.trackName(id);
      if (live.isMidiTrack(id)) { list.push({ kind: "track", id: id, name: name, text: (at + 1) + " " + name }); }
    });
    return list;
  }

  // The tracks, looked at anew only where some came or went: reading every name is too much to do all the time.
  function followTracks() {
    if (live.tracks().join(" ") !== known) { showTracks(); }
  }

  // The tracks as they are now; nothing is sent while they are as before.
  function showTracks() {
    known = live.tracks().join(" ");
    var list = tracks();
    var text = JSON.stringify(list);
    if (text === shown) { return; }
    shown = text;
    choices = list;
    fill("track", list.map(function (one) { return one.text; }), chosenIndex());
  }

  // Where the target is in the menu, -1 where it is no more.
  function chosenIndex() {
    var chosen = choices.filter(function (one) { return isSame(one, target); })[0];
    if (chosen) { target = chosen; }
    return choices.indexOf(chosen);
  }

  // A new track is made once for each track: what is continued later goes to the same one, and back.
  function pair(own, other) {
    partners = partners.filter(function (one) { return one.indexOf(own) < 0 && one.indexOf(other) < 0; });
    partners.push([own, other]);
  }

  function partnerOf(track) {
    var found = partners.filter(function (one) { return one.indexOf(track) >= 0; })[0];
    var other = found ? found[found[0] === track ? 1 : 0] : 0;
    return live.exists(other, "Track") ? other : 0;
  }

  // Where the other voice of a clip on that track goes.
  function targetFor(track) {
    var partner = target.kind === "new" ? partnerOf(track) : 0;
    return partner ? { kind: "track", id: partner, name: live.trackName(partner) } : target;
  }

  function pickTrack(index) {
    if (!choices[index]) { return; }
    target = choices[index];
    marked.track = index;
  }

  // The track that a stored set meant, found by its name.
  function useTarget(stored) {
    var known = choices.filter(function (one) {
      return one.kind === stored.kind && (one.kind !== "track" || one.name === stored.name);
    });
    if (known.length > 0) { target = known[0]; }
    mark("track", chosenIndex());
  }

  return {
    showModels: showModels, setModels: setModels, pickModel: pickModel, useModel: useModel, showTracks: showTracks,
    followTracks: followTracks, pair: pair, targetFor: targetFor, pickTrack: pickTrack, useTarget: useTarget,
    filledAt: function () { return filled; }, partners: function () { return partners; }, target: function () { return target; },
    model: function () { return model; }
  };
}());
