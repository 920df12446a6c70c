-- @description MAC-Net Bridge: continue, accompany and vary MIDI items
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @changelog
--   The first version.
-- @about
--   Melody and accompaniment that go on from the selected item, as takes to choose from. Needs the bridge, a program on
--   your own machine: see docs/REAPER.md.
-- @provides
--   [main=main,midi_editor] .
--   [main=main,midi_editor] MAC-Net_Accompany selected item.lua
--   [main=main,midi_editor] MAC-Net_Another.lua
--   [main=main,midi_editor] MAC-Net_Check connection.lua
--   [main=main,midi_editor] MAC-Net_Continue with options.lua
--   [main=main,midi_editor] MAC-Net_Endless.lua
--   [main=main,midi_editor] MAC-Net_Keep this variation.lua
--   [main=main,midi_editor] MAC-Net_Next variation.lua
--   [main=main,midi_editor] MAC-Net_Previous variation.lua
--   [main=main,midi_editor] MAC-Net_Settings.lua
--   [main=main,midi_editor] MAC-Net_Star this variation.lua
--   [main=main,midi_editor] MAC-Net_Vary selected item.lua
--   [nomain] lib/*.lua

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Continue selected item")
