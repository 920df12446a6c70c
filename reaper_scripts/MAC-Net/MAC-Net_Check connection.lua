-- @description MAC-Net: Check the connection to the bridge
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Says whether the bridge answers, its version and models.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Check connection")
