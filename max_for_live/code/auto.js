// placeholder replaced below
var auto = (function () { return { isOn: function () { return false; }, tick: function () {}, turn: function () {}, failed: function () {} }; }());
