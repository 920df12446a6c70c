-- @description MAC-Net: Show the previous variation
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Melody and accompaniment change together.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Previous variation")
