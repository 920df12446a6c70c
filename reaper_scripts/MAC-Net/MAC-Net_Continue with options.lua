-- @description MAC-Net: Continue the selected MIDI item, asking how
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Asks for length, temperature and the rest once, then continues the selected item.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Continue with options")
