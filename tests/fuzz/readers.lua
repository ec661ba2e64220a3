-- readers.lua - the readers of foreign text that are Lua, called by scripts.c with any bytes. Each
-- holds what is claimed of its reader; an error that gets out of here is a finding.
local refuse = ...
local dotenv = require "config.dotenv"
local errors = require "errors"
local graph = require "graph"
local i18n = require "i18n"
local json = require "json"
local robots = require "robots"
local verdict = require "verdict"

local M = {}

-- .env -------------------------------------------------------------------------------------------

local QUOTED = { ["\n"] = "\\n", ['"'] = '\\"', ["\\"] = "\\\\", ["$"] = "\\$" }

local function same_values(text, other)
  local one, another = dotenv.parse(text), dotenv.parse(other)
  for key, value in pairs(one) do assert(another[key] == value, key) end
  for key in pairs(another) do assert(one[key], key) end
end

---What is malformed is told by line and problem, and by nothing that could be a secret.
function M.dotenv(text)
  local values, duplicates, malformed = dotenv.parse(text)
  local lines = select(2, text:gsub("\n", "")) + 1
  for key, value in pairs(values) do
    assert(key:find "^[%a_][%w_]*$" and not value:find("\0", 1, true))
    local written = ('export %s = "%s" # x'):format(key, value:gsub('[\n"\\$]', QUOTED))
    assert(dotenv.parse(written)[key] == value, written)
  end
  for _, list in ipairs { duplicates, malformed } do
    for _, entry in ipairs(list) do
      assert(math.type(entry.line) == "integer" and entry.line >= 1 and entry.line <= lines)
    end
  end
  for _, entry in ipairs(malformed) do
    assert(i18n.get "en".has(entry.problem) and i18n.get "fr".has(entry.problem))
    for key in pairs(entry) do assert(key == "line" or key == "problem", key) end
  end
  if not text:find("^\xEF\xBB\xBF") and not text:find "\r" then
    same_values(text, "\xEF\xBB\xBF" .. text:gsub("\n", "\r\n"))
  end
end

-- JSON -------------------------------------------------------------------------------------------

-- An integer of more than 14 digits is an id, and read as a text.
local function same(a, b)
  if type(a) ~= "table" then
    return a == b and math.type(a) == math.type(b)
      or math.type(a) == "integer" and math.abs(a) >= 10 ^ 14 and tostring(a) == b
  end
  if type(b) ~= "table" or json.is_list(a) ~= json.is_list(b) then return false end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function check_error(err)
  assert(type(err.kind) == "string" and type(err.message) == "string" and utf8.len(err.message))
  assert(type(err.retryable) == "boolean")
  assert(type(verdict.of(err)) == "string")
  assert(type(verdict.of_publish(err, false)) == "string")
  for _, language in ipairs(i18n.languages) do
    local public = errors.public(errors.complete(err, "a.jpg", i18n.get(language)))
    assert(json.decode(json.encode(public)))
  end
end

-- Every call of the Graph API, answered by this.
local function answer_calls(value, status)
  local calls, heard = graph.new { url = "", account = "1", token = "x" }, 0
  local reply = { status = status, headers = {}, body = "" }
  local function answer()
    heard = heard + 1
    local _, err = refuse(value, status)
    if err then return nil, err, reply end
    return value, reply
  end
  host.graph_get, host.graph_post = answer, answer -- luacheck: ignore 122
  local names = { "create_container", "container_status", "upload_state", "publish", "permalink",
    "quota", "media" }
  for _, name in ipairs(names) do
    local result, err = calls[name](calls, name == "create_container" and {} or "1")
    if result == nil and name ~= "permalink" then check_error(err) end
    if name == "publish" or name == "create_container" then
      assert(result == nil or result:find "^%d+$")
    end
  end
  assert(heard == #names)
end

---Read, written and read again it is the same; and as the answer of a server it raises nothing.
function M.json(text)
  local value, message = json.decode(text)
  if value == nil then
    assert(type(message) == "string" and message ~= "" and not message:find("\xFF", 1, true))
    return
  end
  local written = json.encode(value)
  local again = assert(json.decode(written))
  assert(same(value, again), written)
  assert(json.encode(again, { indent = 2 }) == json.encode(json.decode(written), { indent = 2 }))
  answer_calls(value, 200 + 100 * (#text % 4))
end

-- robots.txt -------------------------------------------------------------------------------------

local PATH = "/media/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jpg?a=1"

---Only a rule that is there forbids something.
function M.robots(text)
  local allowed, rule = robots.allows(text, "facebookexternalhit", PATH)
  assert(allowed and rule == nil or not allowed and text:find(rule, 1, true))
end

return M
