-- @noindex
-- The other takes of the answer go; edited ones stay.

local _, script = reaper.get_action_context()
package.path = script:match("^(.*[/\\])") .. "lib/?.lua;" .. package.path

require("actions")("Keep this variation")
