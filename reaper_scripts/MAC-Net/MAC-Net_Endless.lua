-- @description MAC-Net: Endless continuation ahead of the play cursor
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Appends item after item until the action runs again.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Endless")
