-- @description MAC-Net: More variations of the last answer
-- @author MAC-Net Bridge
-- @version 0.1.0
-- @license MIT
-- @about Further takes for the same request.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Another")
