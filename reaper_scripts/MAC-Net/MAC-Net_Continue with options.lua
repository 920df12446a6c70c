-- @noindex
-- Asks for length, temperature and the rest once, then continues the selected item.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Continue with options")
