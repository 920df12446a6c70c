// For mujs, an ES5 engine that others wrote: loads the script, says what Max would, and plays a conversation.
// Usage: mujs engine.js SCRIPT. The fakes of node are not here: only what a script of 2010 would find.
/* global scriptArgs, load, print, wire, notes, texts, anything */
"use strict";

var messagename = "";
var sent = [];
function post() {}
function outlet(number, message) { sent.push([number].concat(message)); }
function Task() {}
function arrayfromargs(args) { return Array.prototype.slice.call(args); }
function LiveAPI() { throw new Error("LiveAPI before live.thisdevice"); }

load(scriptArgs[0]);

// What a saved set sends before Live is there: nothing may come of it yet.
["variations", "restore", "heard", "auto", "continue", "nonsense"].forEach(function (selector) {
  messagename = selector;
  anything(1);
});
print(JSON.stringify(sent));

var melody = { role: "melody", name: "verse", numerator: 4, denominator: 4, length: 3840, notes: [{ pitch: 60, onset: 0, duration: 960, velocity: 90 }] };
var asked = wire.request(new wire.Ids(5), { kind: "continue", clips: [melody], length: 7680, variations: 1, rngSeed: 3, options: { temperature: 0.5 } });
asked.ask(0);
print(JSON.stringify(asked.taken()));
asked.receive("/macnet/take", [6, 0, 7, "melody", 7680, 1, 1, 3, "verse"], 1);
asked.receive("/macnet/take/notes", [6, 0, "melody", 0, 60, 0, 10, 90], 1);
asked.receive("/macnet/done", [6, 1, 1], 1);
var landed = asked.answer()[0].clips.melody.notes[0];
print(asked.state, landed.pitch, landed.onset, landed.duration, landed.velocity);
print(notes.isDrums("Drums_2"), notes.baseName("A \u203a 1/4"), notes.mark(notes.parse('{"notes":[{"pitch":60,"start_time":0.25,"duration":1}]}')));
print(texts.say("no_bridge", 9471));
