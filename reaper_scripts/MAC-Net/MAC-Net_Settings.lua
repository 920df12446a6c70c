-- @noindex
-- Music and system settings, kept with REAPER.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Settings")
