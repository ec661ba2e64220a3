-- order.lua - the first rule of the journal, looked for in a trace: when something is done outside,
-- what was written about it before is on the disk already, by a sync that has returned.
local M = {}

local LOG = "/state/journal.db-wal>"

-- Synced records since the effect before; one where nothing is said. The container's id and the
-- intent to publish it are two.
local NEEDED = { ["POST /media_publish"] = 2 }

-- What the line starts to do to the outside, in words; nil for everything else.
local function effect_of(line, public)
  local request = line:match('sendto%(.-"(POST [^ ]+)')
  if request then return request end
  if line:find("openat(", 1, true) and line:find("O_CREAT", 1, true) then
    return line:match("<" .. public .. '>, "([^"]+)"') and "a file into the public folder"
  end
end

---Reads the trace of a clean run: problems as sentences, how many effects of each kind there were.
---@param text string strace's output
---@param world table
---@return string[] wrong, table<string, integer> effects
function M.check(text, world)
  local public = world:path("public"):gsub("%p", "%%%0")
  local wrong, effects = {}, {}
  local written, records = false, 0   -- not synced yet; synced since the last effect
  local syncing = {}                  -- threads in the middle of a sync of the log
  for line in text:gmatch("[^\n]+") do
    local thread = line:match("^%d+")
    local log = line:find(LOG, 1, true) ~= nil
    if log and line:find("pwrite64(", 1, true) then
      written = true
    elseif log and line:find("fdatasync(", 1, true) then
      syncing[thread] = true
    end
    local returned = line:find("fdatasync", 1, true) and line:find("= 0$")
    if syncing[thread] and returned then
      if written then records = records + 1 end
      written, syncing[thread] = false, nil
    end
    local effect = effect_of(line, public)
    if effect then
      local kind = effect:gsub("/v[%d.]+/%d+", "")
      effects[kind] = (effects[kind] or 0) + 1
      local needed = NEEDED[kind] or 1
      if records < needed or written then
        wrong[#wrong + 1] = ("%s after %d synced records, not %d"):format(effect, records, needed)
      end
      records = 0
    end
  end
  return wrong, effects
end

return M
