// What goes to the patch: the status line and all else that the device shows, and the packets.

var face = (function () {
  var BRIDGE = 0;
  var LISTEN = 1;
  var SHOWN = 2;
  var ECHO = 3;
  var last = "";

  function show() {
    outlet(SHOWN, Array.prototype.slice.call(arguments));
  }

  function status(text) {
    if (text === last) { return; }
    last = text;
    show("status", text);
  }

  // The text of that name, filled in, as the status.
  function say() {
    status(texts.say.apply(null, arguments));
  }

  function progress(share) {
    show("progress", share);
  }

  function busy(isBusy) {
    show("busy", isBusy ? 1 : 0);
  }

  function send(message) {
    outlet(BRIDGE, message);
  }

  function bridgePort(port) {
    outlet(BRIDGE, ["port", port]);
  }

  function listen(port) {
    outlet(LISTEN, ["port", port]);
  }

  // A packet to a port of this machine, by the second udpsend: to hear whether it is ours.
  function echo(port, nonce, more) {
    outlet(ECHO, ["port", port]);
    outlet(ECHO, ["/macnet/echo", nonce].concat(more || []));
  }

  return {
    show: show, status: status, say: say, progress: progress, busy: busy, last: function () { return last; },
    io: { send: send, bridgePort: bridgePort, listen: listen, echo: echo, random: Math.random }
  };
}());
