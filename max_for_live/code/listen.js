// Next, Previous, Keep: going through the variations of the last answer. An answer is what landing.js describes.

var listen = (function () {
  function roles(variation) {
    return Object.keys(variation.clips);
  }

  function isThere(variation) {
    return roles(variation).some(function (role) { return live.exists(variation.clips[role], "Clip"); });
  }

  // The variations of which at least one clip is still in the set.
  function present(answer) {
    return answer.variations.filter(isThere);
  }

  function eachClip(variation, call) {
    roles(variation).forEach(function (role) {
      if (live.exists(variation.clips[role], "Clip")) { call(variation.clips[role], role); }
    });
  }

  function label(answer) {
    if (!answer || answer.variations.length === 0) { return "-"; }
    return (answer.shown < 0 ? "-" : answer.shown + 1) + "/" + answer.variations.length;
  }

  function firstWith(answer, state) {
    for (var at = 0; at < answer.variations.length; at += 1) {
      var has = false;
      eachClip(answer.variations[at], function (id) { has = has || live.launchState(id) === state; });
      if (has) { return at; }
    }
    return -1;
  }

  // Which variation is heard: in Session the one that is about to play, else the one that plays, whoever launched it; else the
  // one shown last. -1: none.
  function current(answer) {
    var heard = -1;
    if (answer.at === "session") {
      heard = firstWith(answer, "triggered");
      if (heard < 0) { heard = firstWith(answer, "playing"); }
    }
    return heard >= 0 ? heard : answer.shown;
  }

  // Session: the clips of a variation are launched, as the set's quantisation says.
  function launch(answer, number) {
    eachClip(answer.variations[number], live.fire);
  }

  // Arrangement: what stands right after the primer and the variation wanted change places, so that nothing is lost. Whether
  // the variation wanted is there now.
  function exchange(answer, number) {
    var front = answer.variations[answer.shown < 0 ? 0 : answer.shown];
    var wanted = answer.variations[number];
    var isDone = front === wanted;
    roles(wanted).forEach(function (role) {
      var first = front.clips[role];
      var second = wanted.clips[role];
      if (front !== wanted && live.exists(first, "Clip") && live.exists(second, "Clip")) {
        swapContents(first, second);
        front.clips[role] = second;
        wanted.clips[role] = first;
        isDone = true;
      }
    });
    return isDone;
  }

  function swapContents(first, second) {
    var ofFirst = live.noteList(first);
    var ofSecond = live.noteList(second);
    var name = live.clipName(first);
    live.replaceNotes(first, ofSecond, live.clipName(second));
    live.replaceNotes(second, ofFirst, name);
  }

  // Go on by `by` variations. { answer, status }.
  function step(answer, by) {
    var there = present(answer);
    if (there.length === 0) { return { answer: answer, status: texts.say("variations_gone") }; }
    var at = there.indexOf(answer.variations[current(answer)]);
    var next = at < 0 ? (by > 0 ? 0 : there.length - 1) : (at + by + there.length) % there.length;
    var number = answer.variations.indexOf(there[next]);
    if (answer.at === "arrangement") {
      if (!exchange(answer, number)) { return { answer: answer, status: texts.say("front_gone") }; }
    } else {
      launch(answer, number);
    }
    answer.shown = number;
    var text = answer.at === "arrangement" ? "shown_arrangement" : "shown";
    return { answer: answer, status: texts.say(text, number + 1, answer.variations.length) };
  }

  function isEdited(variation) {
    var edited = false;
    eachClip(variation, function (id, role) {
      if (notes.mark(live.noteList(id)) !== variation.marks[role]) { edited = true; }
    });
    return edited;
  }

  // Keep the variation shown and remove the others, but none that somebody has edited. { answer, status }.
  function keep(answer) {
    var there = present(answer);
    if (there.length === 0) { return { answer: answer, status: texts.say("variations_gone") }; }
    if (there.length === 1) { return { answer: answer, status: texts.say("kept_only") }; }
    var kept = answer.variations[current(answer)];
    if (there.indexOf(kept) < 0) { return { answer: answer, status: texts.say("which") }; }
    var edited = there.filter(function (one) { return one !== kept && isEdited(one); });
    there.forEach(function (one) {
      if (one !== kept && edited.indexOf(one) < 0) { eachClip(one, live.remove); }
    });
    var number = answer.variations.indexOf(kept) + 1;
    answer.variations = answer.variations.filter(function (one) { return one === kept || edited.indexOf(one) >= 0; });
    answer.shown = answer.variations.indexOf(kept);
    return { answer: answer, status: edited.length > 0 ? texts.say("kept_edited", number, edited.length) : texts.say("kept", number) };
  }

  return { step: step, keep: keep, label: label, current: current };
}());
