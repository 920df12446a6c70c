-- @description MAC-Net: Settings
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Music and system settings, kept with REAPER.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Settings")
