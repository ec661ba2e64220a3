-- policy.lua - the four rule scripts, checked when they are loaded: a mistake in one stops the
-- command before anything is touched. What a user's pacing.lua leaves out is as shipped here.
local M = {}

local FORMAT_KEYS = { extensions = "table", send = "string", quality = "number", fit = "string",
  background = "string", min_width = "number", max_width = "number", min_ratio = "number",
  max_ratio = "number", max_bytes = "number", max_pixels = "number", timeout = "number",
  passthrough = "boolean", keep = "table", animation = "string", fix = "string",
  transfer = "string", codecs = "table", min_duration = "number", max_duration = "number",
  min_fps = "number", max_fps = "number", faststart = "boolean", edit_lists = "boolean",
  audio_codecs = "table", max_audio_channels = "number", max_audio_rate = "number",
  chroma = "string", interlaced = "boolean", max_bitrate = "number",
  private = "boolean", focus_x = "number", focus_y = "number" }
---Of a format's entry, what host.convert is told.
M.CONVERT = { "quality", "fit", "background", "min_width", "max_width", "min_ratio", "max_ratio",
  "max_bytes", "max_pixels", "timeout", "passthrough", "focus_x", "focus_y", "keep" }

local CHOICES = { animation = { first = true, video = true },
  send = { jpeg = true, as_is = true, video = true },
  fix = { refuse = true, remux = true, transcode = true },
  transfer = { url = true, resumable = true },
  fit = { pad = true, crop = true, none = true, story = true } }

local PACING = {
  spacing = 0, wait_for_earlier = 60, settle_after = { 2, 10, 30 },
  look_again = { 2, 8 },
  poll = { image = { 0.5, 1, 2, 3, 5, 10 }, video = { 2, 3, 5, 10, 20, 30, 60 } },
  ready_within = { image = 300, video = 900 },
}
local PACING_KEYS = { spacing = "number", per_day = "number", max_age = "number",
  quiet_hours = "table", wait_for_earlier = "number", settle_after = "table",
  look_again = "table", poll = "table", ready_within = "table" }

local function refuse(path, text, ...)
  error(host.error { kind = "script", op = "script", path = path,
    message = ("%s: %s"):format(path, text:format(...)) }, 0)
end

local function check_table(path, what, value, keys)
  if type(value) ~= "table" then refuse(path, "%s must be a table, not a %s", what, type(value)) end
  for key, content in pairs(value) do
    local wanted = keys[key]
    if not wanted then refuse(path, "%s: unknown field '%s'", what, tostring(key)) end
    if type(content) ~= wanted then
      refuse(path, "%s: '%s' must be a %s, not a %s", what, key, wanted, type(content))
    end
    if CHOICES[key] and not CHOICES[key][content] then
      refuse(path, "%s: '%s' cannot be %q", what, key, content)
    end
  end
end

local checks = {}

function checks.captions(path, value)
  if type(value) ~= "function" then refuse(path, "it must return a function(item)") end
  return value
end

-- workflow.lua checks the rest where it is used, but cannot name this file there.
function checks.filters(path, value)
  if type(value) ~= "function" and type(value) ~= "table" then
    refuse(path, "it must return a function(item), or a table with the function accept")
  end
  return value
end

local KEPT = { artist = true, copyright = true, icc = true }

local function check_keep(path, format, keep)
  for _, word in ipairs(keep) do
    if not KEPT[word] then refuse(path, "%s: 'keep' cannot hold %q", format, tostring(word)) end
  end
end

function checks.formats(path, value)
  if type(value) ~= "table" or next(value) == nil then
    refuse(path, "it must return a table, one entry per format")
  end
  for format, entry in pairs(value) do
    check_table(path, tostring(format), entry, FORMAT_KEYS)
    check_keep(path, format, entry.keep or {})
    for _, extension in ipairs(entry.extensions or {}) do
      if type(extension) ~= "string" or not extension:find("^%.[^./]+$") then
        refuse(path, "%s: extensions are texts such as \".jpg\"", format)
      end
    end
  end
  return value
end

local function check_seconds(path, what, list)
  if type(list) ~= "table" then refuse(path, "%s must be a list of seconds", what) end
  for _, seconds in ipairs(list) do
    if type(seconds) ~= "number" or seconds < 0 then
      refuse(path, "%s: seconds expected, not negative", what)
    end
  end
end

-- The shipped values under the user's, kind by kind.
local function completed(value, default)
  local result = {}
  for key, part in pairs(default) do result[key] = part end
  for key, part in pairs(value) do result[key] = part end
  return result
end

local function check_clock(path, quiet)
  for _, side in ipairs({ "from", "to" }) do
    local hour, minute = tostring(quiet[side]):match("^(%d%d?):(%d%d)$")
    if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then
      refuse(path, "quiet_hours: '%s' must be a time such as \"22:00\"", side)
    end
  end
end

function checks.pacing(path, value)
  check_table(path, "it", value, PACING_KEYS)
  local pacing = completed(value, PACING)
  pacing.poll = completed(pacing.poll, PACING.poll)
  pacing.ready_within = completed(pacing.ready_within, PACING.ready_within)
  check_seconds(path, "settle_after", pacing.settle_after)
  check_seconds(path, "look_again", pacing.look_again)
  check_seconds(path, "ready_within", { pacing.ready_within.image, pacing.ready_within.video })
  for _, kind in ipairs({ "image", "video" }) do
    check_seconds(path, "poll." .. kind, pacing.poll[kind])
    if #pacing.poll[kind] == 0 then refuse(path, "poll.%s needs a number", kind) end
  end
  if pacing.quiet_hours then check_clock(path, pacing.quiet_hours) end
  return pacing
end

local ALL = { "captions", "filters", "formats", "pacing" }

---Loads the rules; raises an Error of kind "script".
---@param loader table
---@param names? string[] default: all of them
---@return { captions: function, filters: any, formats: table, pacing: table }
function M.load(loader, names)
  local policy = {}
  for _, name in ipairs(names or ALL) do
    local value = loader:load(name, "pure")
    policy[name] = checks[name](select(2, loader:find(name)), value)
  end
  return policy
end

return M
