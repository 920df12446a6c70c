-- @noindex
-- The item's own bars, rewritten, right after it.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Vary selected item")
