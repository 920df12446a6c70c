-- @description MAC-Net: Accompany the selected MIDI item
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about The other voice for the selected item, on a track below.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Accompany selected item")
