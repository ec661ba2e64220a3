-- preview.lua - what a run would do, file by file: decision and reason, caption, steps, size.
-- Touches nothing: no journal is made, no folder, no network.
local candidate = require "candidate"
local caption = require "caption"
local errors = require "errors"
local ffmpeg = require "ffmpeg"
local folder = require "folder"
local i18n = require "i18n"
local json = require "json"
local outlook = require "outlook"
local script = require "script"

local M = {}

M.ORDER = { "success", "source_directory", "items", "file", "decision", "reason", "caption",
  "steps", "width", "height", "target" }

---The caption that captions.lua gives, if it may be sent; else nil and an Error.
function M.caption_of(app, item)
  local value, err = script.call(app.policy.captions, item)
  if value == nil and err then return nil, err end
  local text = type(value) == "table" and value.caption or value
  if type(text) ~= "string" then
    return nil, host.error { kind = "script", op = "captions",
      message = i18n.t("caption.no_text", { type = type(text) }) }
  end
  local fine, problem = caption.check(text)
  if not fine then return nil, problem end
  return text
end

-- "pad" makes the short side longer, "crop" the long side shorter.
local function fitted(entry, width, height)
  local low, high = entry.min_ratio or 0, entry.max_ratio or math.huge
  local ratio = width / height
  if entry.fit == "story" then low, high = 9 / 16, 9 / 16 end
  if entry.fit == "pad" or entry.fit == "story" then
    if ratio < low then width = math.ceil(height * low) end
    if ratio > high then height = math.ceil(width / high) end
  elseif entry.fit == "crop" then
    if ratio < low then height = math.floor(width / low) end
    if ratio > high then width = math.floor(height * high) end
  end
  return width, height
end

---Width and height after the rules of formats.lua, as the converter, or ffmpeg, will make them.
function M.target_size(entry, item)
  if entry.send ~= "jpeg" or not item.width then return item.width, item.height end
  local width, height = item.width, item.height
  if (item.orientation or 1) >= 5 then width, height = height, width end
  if item.kind == "video" then
    return ffmpeg.film_size({ width = width, height = height }, entry)
  end
  width, height = fitted(entry, width, height)
  local scale = 1
  if entry.max_width and width > entry.max_width then scale = entry.max_width / width end
  if entry.min_width and width < entry.min_width then scale = entry.min_width / width end
  return math.floor(width * scale + 0.5), math.floor(height * scale + 0.5)
end

local function step_names(flow)
  local names = json.list()
  for i, step in ipairs(flow.steps) do names[i] = step.name end
  return names
end

local function row(name, decision, reason)
  return { file = json.repair(name), decision = decision, reason = reason or json.null }
end

local function look_at(app, flow, found, entry)
  local item, err = candidate.make_item(app, flow, entry, found.sidecars)
  if not item then return row(entry.name, "fail", errors.text(err)) end
  local yes, reason = candidate.accepted(flow, item)
  if yes == nil then return row(entry.name, "fail", errors.text(reason)) end
  if not yes then return row(entry.name, "ignore", tostring(reason or "")) end
  if err then return row(entry.name, "fail", errors.text(err)) end
  local fine, why = candidate.check_extension(app, item)
  if not fine then return row(entry.name, "fail", errors.text(why)) end
  local earlier = app.journal and candidate.duplicate_of(app, flow, item)
  if earlier then
    return row(entry.name, "duplicate", i18n.t("log.duplicate",
      { name = entry.name, earlier = earlier.name }))
  end
  local text, problem = M.caption_of(app, item)
  if not text then return row(entry.name, "fail", errors.text(problem)) end
  local known = app.journal and app.journal:find_item(flow.name, item.account, item.sha256)
  local result = row(entry.name, outlook.of({}, app, flow, entry, { known }))
  local width, height = M.target_size(app.policy.formats[item.format], item)
  result.caption, result.steps = text, step_names(flow)
  result.width, result.height = item.width or json.null, item.height or json.null
  result.target = { width = width or json.null, height = height or json.null }
  return result
end

-- Only what is on the page is looked into: that takes the time.
local function page_of(list, options)
  local from = options.offset or 0
  return table.move(list, from + 1, math.min(#list, from + (options.limit or #list)), 1, {})
end

---@param options? { limit?: integer, offset?: integer } default: everything
---@return table|nil object, Error?, integer total
function M.of(app, flow, options)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  local entries, skipped = host.scan(source, { order = flow.order })
  if not entries then return nil, skipped end
  local found = folder.sort(source, entries, skipped, app.policy.formats)
  local all = table.move(found.others, 1, #found.others, #found.media + 1,
    table.move(found.media, 1, #found.media, 1, {}))
  local items = host.map(page_of(all, options or {}), { concurrency = app.cfg.AFFICHE_CONCURRENCY },
    function(entry)
      if not app.extensions[folder.extension(entry.name)] then
        return row(entry.name, "ignore", i18n.t("preview.extension"))
      end
      return look_at(app, flow, found, entry)
    end)
  return { success = true, source_directory = source, items = json.list(items) }, nil, #all
end

return M
