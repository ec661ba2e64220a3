-- Whatever goes wrong with a file, its error says the same eight things: in the result, and in the
-- journal for whoever asks later.
local history = require "history"
local job_support = require "job_support"
local journals = require "journal"
local json = require "json"
local lu = require "luaunit"

local T = { deadline = 120 }

local KINDS = {}
for word in ("io network tls auth timeout remote format limit cancelled script"):gmatch("%l+") do
  KINDS[word] = true
end

local function is_text(value)
  return type(value) == "string" and value ~= ""
end

local function is_code(value)
  return value == json.null or math.type(value) == "integer" or is_text(value)
end

local function assert_whole(err, name)
  local names = {}
  for key in pairs(err) do names[#names + 1] = key end
  table.sort(names)
  lu.assertEquals(names, { "code", "file", "kind", "message", "next_action", "retryable", "step",
    "subcode" })
  lu.assertTrue(KINDS[err.kind], err.kind)
  lu.assertTrue(is_code(err.code) and is_code(err.subcode), json.encode(err))
  lu.assertTrue(is_text(err.message) and err.message ~= "nil", json.encode(err))
  lu.assertTrue(is_text(err.next_action), json.encode(err))
  lu.assertIsBoolean(err.retryable)
  lu.assertEquals(err.file, name)
end

-- Waits for nobody: each step is tried once.
local QUICK = {
  ["steps/upload"] = [[
    local uploader = require "uploader"
    return function(item) return assert(uploader.upload(item)) end]],
  ["steps/publish"] = [[
    local instagram = require "instagram"
    return function(item) return assert(instagram.publish(item)) end]],
}

---@class Failure
---@field wanted table { state, kind, step, code?, subcode? }
---@field switches? table
---@field settings? table
---@field scripts? table
---@field files? table contents beside the picture
---@field content? string of the file itself
---@field web? function

---@type table<string, Failure>
local FAILURES = {
  no_medium = { wanted = { "failed", "format" }, content = "just words" },
  damaged = { wanted = { "failed", "format" }, content = "\xFF\xD8\xFF\xE0 cut off" },
  sidecar = { wanted = { "failed", "format" }, files = { ["a.json"] = "{ cut" } },
  caption_raises = { wanted = { "failed", "script", "prepare" },
    scripts = { captions = [[return function(item) return item.nothing.more end]] } },
  caption_too_long = { wanted = { "failed", "limit", "prepare" },
    scripts = { captions = [[return function() return ("x"):rep(3000) end]] } },
  filter_raises = { wanted = { "failed", "script" },
    scripts = { filters = [[return function() error "no filter" end]] } },
  step_raises_a_table = { wanted = { "failed", "script", "upload" },
    scripts = { ["steps/upload"] = [[return function() error {} end]] } },
  step_takes_too_long = { wanted = { "failed", "timeout", "upload" }, scripts = {
    ["steps/upload"] = [[
      return { timeout = 0.05, run = function() host.sleep(60) end }]] } },
  nobody_listens = { wanted = { "failed", "network", "upload" },
    settings = { UPLOAD_URL = "ftp://127.0.0.1:1/x", FTP_USER = "u", FTP_PASS = "password-of-u",
      FTP_TLS = "off" } },
  no_target_folder = { wanted = { "failed", "io", "upload" },
    settings = { UPLOAD_URL = "file:///proc/no/such/folder" } },
  dead_token = { wanted = { "failed", "auth", nil, 190, 463 }, switches = { token = "463" } },
  quota_full = { wanted = { "deferred", "limit", "publish" }, switches = { quota_used = 100 } },
  quota_met = { wanted = { "deferred", "limit", "publish", 9, 2207042 },
    switches = { publish = "refuse-2207042" } },
  blocked = { wanted = { "uncertain", "remote", "publish", 4, 2207051 },
    switches = { publish = "refuse-2207051", publish_times = 0 } },
  lost_answer = { wanted = { "uncertain", "remote", "publish" }, switches = { publish = "drop" } },
  not_fetched = { wanted = { "failed", "remote", "publish", nil, 2207052 },
    switches = { fetch = "2207052", fetch_times = 0 } },
  refused_medium = { wanted = { "failed", "remote", "publish", 36003, 2207009 },
    switches = { fetch = "2207009", fetch_times = 0 } },
  never_ready = { wanted = { "deferred", "timeout", "publish" },
    switches = { image_seconds = -1 }, ready_within = 0.1 },
  not_public = { wanted = { "failed", "remote", "publish" },
    web = function() return { status = 403, body = "no\n" } end },
  archive_fails = { wanted = { "published", "script", "archive" },
    scripts = { ["steps/archive"] = [[return function() error "no room" end]] } },
}

local function assert_remembered(job, state, public)
  local journal = assert(journals.open(job.dir .. "/state/journal.db"))
  local _ <close> = setmetatable({}, { __close = function() journal:close() end })
  for _, item in ipairs(history.items(journal)) do
    lu.assertEquals({ item.state, item.error }, { state, public })
  end
end

local function check(failure)
  local job = job_support.new { switches = failure.switches, settings = failure.settings,
    ready_within = failure.ready_within }
  local _ <close> = setmetatable({}, { __close = function() job:close() end })
  job.web_answer = failure.web
  assert(host.mkdir(job.dir .. "/scripts/steps"))
  for _, scripts in ipairs { QUICK, failure.scripts or {} } do
    for name, text in pairs(scripts) do
      assert(host.write(("%s/scripts/%s.lua"):format(job.dir, name), text))
    end
  end
  for name, text in pairs(failure.files or {}) do
    assert(host.write(("%s/in/%s"):format(job.dir, name), text))
  end
  if failure.content then
    assert(host.write(job.dir .. "/in/a.jpg", failure.content))
  else
    job:add("morning.jpg", "a.jpg")
  end
  local _, items = job:run()
  local item, wanted = items["a.jpg"], failure.wanted
  local err = item.error
  lu.assertNotEquals(err, json.null)
  lu.assertEquals({ item.state, err.kind, err.step }, { wanted[1], wanted[2],
    wanted[3] or json.null }, json.encode(err))
  if wanted[4] then lu.assertEquals(err.code, wanted[4]) end
  if wanted[5] then lu.assertEquals(err.subcode, wanted[5]) end
  assert_whole(err, "a.jpg")
  assert_remembered(job, item.state, err)
end

for name, failure in pairs(FAILURES) do
  T["test_" .. name] = function() check(failure) end
end

return T
