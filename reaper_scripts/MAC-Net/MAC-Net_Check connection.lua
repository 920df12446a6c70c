-- @noindex
-- Says whether the bridge answers, its version and models.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Check connection")
