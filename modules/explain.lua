-- explain.lua - every rule, measurement and limit that led to what is, or was, decided for one
-- file, and what the next run would do with it. Only looks: nothing is made, sent or changed.
local candidate = require "candidate"
local caption = require "caption"
local errors = require "errors"
local ffmpeg = require "ffmpeg"
local folder = require "folder"
local i18n = require "i18n"
local instagram = require "instagram"
local json = require "json"
local locate = require "locate"
local outlook = require "outlook"
local preview = require "preview"
local video = require "video"

local M = {}

M.ORDER = { "success", "file", "path", "place", "facts", "sha256", "size", "modified", "format",
  "kind", "width", "height", "rules", "rule", "verdict", "detail", "caption", "text", "counts",
  "length", "hashtags", "mentions", "limits", "target", "scripts", "journal", "next", "decision",
  "reason" }

---Local time, for people and for JSON alike; null when there is none.
local function time(seconds)
  return seconds and os.date("%Y-%m-%dT%H:%M:%S%z", math.floor(seconds)) or json.null
end

local function rule(self, name, verdict, key, words)
  self.rules[#self.rules + 1] = { rule = name, verdict = verdict,
    detail = host.redact(i18n.t("explain." .. key, words)) }
end

local function failed(self, name, err)
  self.rules[#self.rules + 1] = { rule = name, verdict = "no", detail = errors.text(err) }
  self.problem = self.problem or errors.of(err)
end

-- The entry of a file in its folder, as a run would see it; or why a run passes it over.
local function look(file, order)
  local entries, skipped = folder.look(file.folder, order)
  if not entries then return nil, errors.text(skipped) end
  for _, entry in ipairs(entries) do
    if entry.name == file.name then return entry, nil, entries, skipped end
  end
  for _, passed in ipairs(skipped) do
    if passed.name == file.name then return nil, i18n.t("explain.skipped." .. passed.reason) end
  end
  return nil, i18n.t("explain.skipped.unreadable")
end

local function add_facts(self, item)
  local facts = host.probe(item.path) or {}
  if facts.kind == "video" then ffmpeg.add_facts(facts, item.path) end
  for key, value in pairs(facts) do self.facts[key] = value end
  if facts.meta then json.list(facts.meta.holds) end
  self.facts.sha256, self.facts.size = item.sha256, item.size
  self.facts.modified = time(item.mtime)
end

local function check_content(self, app, item, err)
  if err then return failed(self, "content", err) end
  local fine, why = candidate.check_extension(app, item)
  if not fine then return failed(self, "content", why) end
  local claimed = app.extensions[item.ext]
  local key = claimed == item.format and "content" or "content_differs"
  rule(self, "content", "yes", key,
    { ext = item.ext, claimed = claimed, format = item.format, kind = item.kind })
end

local function check_accept(self, flow, item)
  local yes, reason = candidate.accepted(flow, item)
  if yes == nil then return failed(self, "filters", reason) end
  self.ignored = not yes and (reason and tostring(reason) or "") or nil
  rule(self, "filters", yes and "yes" or "no", yes and "accepted" or "refused",
    { reason = tostring(reason or "-") })
end

local function check_sidecar(self, item)
  if not item.sidecar then return rule(self, "sidecar", "none", "no_sidecar") end
  rule(self, "sidecar", "yes", "sidecar", { files = table.concat(item.sidecar.files, ", ") })
end

local function check_caption(self, app, item)
  local text, err = preview.caption_of(app, item)
  if not text then return failed(self, "caption", err) end
  local counts = caption.count(text)
  self.caption = { text = text, counts = counts, limits = caption.limits }
  rule(self, "caption", "yes", "caption", { length = counts.length,
    max_length = caption.limits.length, hashtags = counts.hashtags,
    max_hashtags = caption.limits.hashtags, mentions = counts.mentions,
    max_mentions = caption.limits.mentions })
end

-- What the limits of a video say, and what would be done about them.
local function check_video(self, item, entry)
  if self.facts.codec == nil then return end -- it could not be probed: that was said already
  local faults = video.faults(self.facts, entry)
  local cure = video.cure(faults, entry.fix)
  if cure == "refuse" then
    return failed(self, "formats", host.error { kind = "format", op = "prepare",
      message = i18n.t("video.refused", { faults = video.describe(faults) }) })
  end
  rule(self, "formats", "yes", "video_" .. cure,
    { format = item.format, faults = video.describe(faults) })
end

-- The entry of formats.lua, and what becomes of the file by it.
local function check_format(self, app, item)
  local entry = app.policy.formats[item.format]
  if not entry then return end
  local width, height = preview.target_size(entry, item)
  self.target = { width = width or json.null, height = height or json.null }
  for key, limit in pairs(entry) do
    if key ~= "extensions" then self.target[key] = limit end
  end
  if entry.send == "video" then return check_video(self, item, entry) end
  if entry.send == "as_is" then
    if entry.max_bytes and item.size > entry.max_bytes then
      return failed(self, "formats", host.error { kind = "limit", op = "prepare", message =
        i18n.t("prepare.too_large", { size = item.size, limit = entry.max_bytes }) })
    end
    return rule(self, "formats", "yes", "as_is", { format = item.format })
  end
  local frames = self.facts.frames or 1
  local key = item.kind == "video" and "filmed" or frames > 1 and "first" or "converted"
  rule(self, "formats", "yes", key, { format = item.format, width = item.width or "?",
    height = item.height or "?", to_width = width or "?", to_height = height or "?",
    fit = entry.fit or "-", frames = frames })
end

local function check_duplicate(self, app, flow, item)
  self.earlier = app.journal and candidate.duplicate_of(app, flow, item)
  if self.earlier then
    rule(self, "duplicate", "no", "duplicate", { name = self.earlier.name })
  elseif app.journal then
    rule(self, "duplicate", "yes", "no_duplicate")
  else
    rule(self, "duplicate", "yes", "no_journal")
  end
end

-- What each rule says, in the order in which a run asks.
local function examine(self, app, flow, file)
  local entry, passed_over, entries, skipped = look(file, flow.order)
  if not entry then
    self.ignored = passed_over
    return rule(self, "folder", "no", "passed_over", { reason = passed_over })
  end
  self.growing = entry.growing
  rule(self, "folder", entry.growing and "no" or "yes", entry.growing and "growing" or "steady")
  local found = folder.sort(file.folder, entries, skipped, app.policy.formats)
  if not app.extensions[folder.extension(entry.name)] then
    self.ignored = i18n.t("preview.extension")
    return rule(self, "extension", "no", "no_candidate", { ext = folder.extension(entry.name) })
  end
  rule(self, "extension", "yes", "candidate", { ext = folder.extension(entry.name) })
  local item, err = candidate.make_item(app, flow, entry, found.sidecars)
  if not item then return failed(self, "content", err) end
  add_facts(self, item)
  check_sidecar(self, item)
  check_accept(self, flow, item)
  check_content(self, app, item, err)
  if err or not app.policy.formats[item.format] then return end
  check_duplicate(self, app, flow, item)
  check_caption(self, app, item)
  check_format(self, app, item)
end

local OPS = { upload = "ftp_put", publish = "graph_post" }

-- The last error as the journal keeps it, with what to do about it.
local function last_error(app, row)
  local known = row.error and json.decode(row.error)
  if type(known) ~= "table" then return json.null end
  if not known.next_action or known.next_action == json.null then
    local fields = { op = OPS[known.step] }
    for key, value in pairs(known) do
      if value ~= json.null then fields[key] = value end
    end
    known.next_action = errors.next_action(host.error(fields), app.t)
  end
  return known
end

-- One item of the journal with its steps, notes and claim.
local function remembered(app, row)
  local post = app.journal:post(row.account, instagram.post_kind(row), row.sha256)
  local steps = json.list()
  for name, step in pairs(app.journal:steps(row.id)) do
    steps[#steps + 1] = { name = name, started = time(step.started), finished = time(step.finished),
      result = step.result, ended = step.finished }
  end
  table.sort(steps, function(a, b) return a.ended < b.ended end)
  for _, step in ipairs(steps) do step.ended = nil end
  return { workflow = row.workflow, account = row.account, name = json.repair(row.name),
    path = json.repair(row.path), state = row.state, done = row.done ~= 0, failures = row.failures,
    wait_until = time(row.wait_until), created = time(row.created), updated = time(row.updated),
    error = last_error(app, row), steps = steps, notes = app.journal:notes(row.id),
    post = post and { kind = post.post_kind, state = post.state, container = post.container,
      created = time(post.created), sent = time(post.sent), sends = post.sends,
      media_id = post.media_id, permalink = post.permalink, published = time(post.published) }
      or json.null }
end

local function scripts_of(app, flow)
  local list = json.list()
  local names = { "captions", "filters", "formats", "pacing", flow.name }
  for _, step in ipairs(flow.steps) do names[#names + 1] = "steps/" .. step.name end
  for _, name in ipairs(names) do
    local text, path = app.loader:find(name)
    if text then list[#list + 1] = path end
  end
  return list
end

---All that is known of a file. Nil and an Error when neither folder nor journal knows it. Waits.
---@param app table loaded; its journal may be closed
---@param flow table
---@param wanted string name or path
---@return table|nil object, Error?
function M.of(app, flow, wanted)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  local file = locate.file(source, wanted)
  local rows = app.journal and locate.items(app, wanted, file) or {}
  if not file and not rows[1] then
    return nil, errors.new { kind = "io", op = "explain", code = "ENOENT",
      message = i18n.t("explain.unknown", { name = wanted }),
      next_action = i18n.t("action.explain.unknown", { folder = source }) }
  end
  local self = { rules = json.list(), facts = {} }
  if file then examine(self, app, flow, file) end
  local journal = json.list()
  for i, row in ipairs(rows) do journal[i] = remembered(app, row) end
  local decision, reason = outlook.of(self, app, flow, file, rows)
  return { success = true, file = json.repair(locate.base(wanted)),
    path = json.repair(file and file.path or rows[1].path), place = file and file.place or "gone",
    facts = self.facts, rules = self.rules, caption = self.caption or json.null,
    target = self.target or json.null, scripts = scripts_of(app, flow), journal = journal,
    next = { decision = decision, reason = host.redact(reason) } }
end

return M
