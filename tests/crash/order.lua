-- order.lua - the first rule of the journal, looked for in a trace: when something is done outside,
-- what was written about it before is on the disk already, by a sync that has returned.
local M = {}

local LOG = "/state/journal.db-wal>"

-- What the line starts to do to the outside, in words; nil for everything else.
local function effect_of(line, public)
  local request = line:match('sendto%(.-"(POST [^ ]+)')
  if request then return request end
  if line:find("openat(", 1, true) and line:find("O_CREAT", 1, true) then
    return line:match("<" .. public .. '>, "([^"]+)"') and "a file into the public folder"
  end
end

---Reads a trace of a clean run: problems as sentences, and how many effects of each kind there were.
---@param text string strace's output
---@param world table
---@return string[] wrong, table<string, integer> effects
function M.check(text, world)
  local public = world:path("public"):gsub("%p", "%%%0")
  local wrong, effects = {}, {}
  local written, synced = false, false   -- since the last effect
  local syncing = {}                     -- threads in the middle of a sync of the log
  for line in text:gmatch("[^\n]+") do
    local thread = line:match("^%d+")
    local log = line:find(LOG, 1, true) ~= nil
    if log and line:find("pwrite64(", 1, true) then
      written, synced = true, false
    elseif log and line:find("fdatasync(", 1, true) then
      if line:find("= 0$") then synced = written else syncing[thread] = true end
    elseif syncing[thread] and line:find("fdatasync resumed", 1, true) then
      syncing[thread] = nil
      synced = written and line:find("= 0$") ~= nil
    end
    local effect = effect_of(line, public)
    if effect then
      local kind = effect:gsub("/v[%d.]+/%d+", "")
      effects[kind] = (effects[kind] or 0) + 1
      if not synced then
        wrong[#wrong + 1] = ("%s, without a synced record since the effect before"):format(effect)
      end
      written, synced = false, false
    end
  end
  return wrong, effects
end

return M
