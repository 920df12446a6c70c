// Where an answer goes: pure decisions over what live.js has read.

var place = (function () {
  var SLACK = 1e-4; // beats

  // Rows for `count` clips, from `first` down, in which nothing lies on any of the tracks; what is left over goes to rows
  // after the last, which have to be made. taken: for each track an array that says of each row whether it is full.
  function rows(taken, scenes, first, count) {
    var found = [];
    for (var row = Math.max(0, first); found.length < count && row < scenes; row += 1) {
      if (isFree(taken, row)) { found.push(row); }
    }
    for (var more = scenes; found.length < count; more += 1) { found.push(more); }
    return found;
  }

  function isFree(taken, row) {
    return taken.every(function (track) { return !track[row]; });
  }

  // Where the first clip starts that lies in [from, to) beats; null if none does.
  function obstacle(clips, from, to) {
    var first = null;
    clips.forEach(function (clip) {
      var overlaps = clip.from < to - SLACK && clip.to > from + SLACK;
      if (overlaps && (first === null || clip.from < first)) { first = clip.from; }
    });
    return first;
  }

  // Beats from a time to the next bar line; 0 on one.
  function toBarLine(time, bar) {
    var over = time - Math.floor(time / bar + SLACK) * bar;
    return over > SLACK ? bar - over : 0;
  }

  return { rows: rows, obstacle: obstacle, toBarLine: toBarLine };
}());
