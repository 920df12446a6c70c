-- @noindex
-- In its name and in the bridge's history; again to take the mark away.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Star this variation")
