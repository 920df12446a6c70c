var selftest = (function () { return { isOn: function () { return false; }, tick: function () {}, run: function () {}, heard: function () { return false; } }; }());
