-- @noindex
-- The other voice for the selected item, on a track below.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Accompany selected item")
