-- @noindex
-- Melody and accompaniment change together.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Previous variation")
