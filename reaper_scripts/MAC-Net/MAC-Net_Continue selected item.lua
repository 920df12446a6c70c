-- @description MAC-Net: Continue the selected MIDI item
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Melody and accompaniment that go on from the selected item, as takes to choose from.
-- @provides
--   [nomain] lib/*.lua

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Continue selected item")
