-- api/openapi.lua - the description of the HTTP calls, OpenAPI 3.1. A spec compares it with what is
-- served.
local answers = require "api.answers"
local json = require "json"

local M = {}

local ORDER = { "openapi", "info", "title", "version", "summary", "description", "paths",
  "parameters", "name", "in", "required", "schema", "responses", "content" }

local PAGE = {
  { name = "limit", ["in"] = "query", schema = { type = "integer", minimum = 1, maximum = 500,
    default = 50 } },
  { name = "offset", ["in"] = "query", schema = { type = "integer", minimum = 0, default = 0 } },
}
local RUN = { name = "id", ["in"] = "path", required = true, schema = { type = "string",
  pattern = "^[0-9]+$" } }
local STATE = { name = "state", ["in"] = "query", schema = { type = "string", enum = {
  "published", "failed", "deferred", "uncertain", "duplicate" } } }
local PREFER = { name = "Prefer", ["in"] = "header", schema = { type = "string" },
  description = "respond-async: answer 202 at once, with the run's place in Location" }

local function ref(name) return { ["$ref"] = "#/components/schemas/" .. name } end

local function object(properties, required)
  return { type = "object", properties = properties, required = required }
end

local function text() return { type = "string" } end
local function whole() return { type = "integer" } end
local function flag() return { type = "boolean" } end
local function nullable(kind) return { type = { kind, "null" } } end
local function list(items) return { type = "array", items = items } end

local function page_of(name, items)
  return object({ success = flag(), total = whole(), limit = whole(), offset = whole(),
    [name] = list(items) }, { "success", "total", "limit", "offset", name })
end

local SCHEMAS = {
  Error = object({ success = { const = false }, error = text(), id = text() },
    { "success", "error" }),
  Result = object({ success = flag(), timestamp = text(), source_directory = nullable "string",
    ftp_server = text(), instagram_account = nullable "string", result = object({ success = flag(),
      stats = ref "Stats", items = list(ref "ItemResult"), message = text(), error = text(),
      problems = list(ref "Problem") }, { "success", "stats", "items", "message" }),
      problems = list(ref "Problem") }, { "success", "timestamp", "result" }),
  Stats = object { files_found = whole(), files_processed = whole(), files_uploaded = whole(),
    files_published = whole(), files_ignored = whole(), files_failed = whole(),
    files_deferred = whole(), errors = list(text()) },
  ItemResult = object { file = text(), state = text(), media_id = nullable "string",
    permalink = nullable "string", error = nullable "object" },
  Problem = object { key = text(), message = text(), next_action = text() },
  Status = object { success = flag(), timestamp = text(), configuration = { type = "object" },
    source_analysis = { type = "object" }, supported_formats = list(text()),
    token = { type = "object" }, quota = { type = "object" }, ready_to_process = flag() },
  Run = object({ id = text(), state = { enum = { "running", "finished", "unfinished" } },
    workflow = text(), started = text(), ended = nullable "string" }, { "id", "state" }),
  Item = object({ file = text(), path = text(), state = text(), media_id = nullable "string",
    permalink = nullable "string", error = nullable "object", workflow = text(), account = text(),
    sha256 = text(), failures = whole(), updated = text() }, { "file", "state" }),
  Planned = object({ file = text(), decision = { enum = { "publish", "duplicate", "ignore",
    "fail", "wait", "look", "finish" } },
    reason = nullable "string", caption = text() }, { "file", "decision" }),
}

local function answer(description, schema, kind)
  return { description = description,
    content = { [kind or "application/json"] = { schema = schema } } }
end

local function refused(description) return answer(description, ref "Error") end

-- summary, what 200 holds, parameters, further answers; by path and method.
local CALLS = {
  ["/healthz"] = { GET = { "liveness; needs no token", object { status = text() } } },
  ["/api/poster-media/status"] = { GET = { "configuration, folder, files ready, token",
    ref "Status" } },
  ["/api/poster-media"] = { POST = { "runs now", ref "Result", { PREFER }, {
    ["202"] = { description = "begun; Location names the run" },
    ["409"] = refused "a run is in progress; id is its number" } } },
  ["/api/runs"] = { GET = { "runs, newest first", page_of("runs", ref "Run"), PAGE } },
  ["/api/runs/{id}"] = { GET = { "one run with its result", ref "Run", { RUN },
    { ["404"] = refused "no such run" } } },
  ["/api/items"] = { GET = { "files the journal knows, newest first",
    page_of("items", ref "Item"), { PAGE[1], PAGE[2], STATE } } },
  ["/api/preview"] = { GET = { "what a run would do, file by file",
    page_of("items", ref "Planned"), PAGE } },
  ["/metrics"] = { GET = { "numbers for Prometheus", text(), nil, nil, "text/plain" } },
  ["/openapi.json"] = { GET = { "this description", { type = "object" } } },
}

local function operation(path, call)
  local summary, schema, parameters, more, kind = table.unpack(call, 1, 5)
  local responses = { ["200"] = answer("done", schema, kind) }
  for code, response in pairs(more or {}) do responses[code] = response end
  if path ~= "/healthz" then responses["401"] = refused "a token is set, and was not given" end
  if parameters and parameters[1] == PAGE[1] then
    responses["400"] = refused "limit or offset is wrong"
  end
  return { summary = summary, parameters = parameters, responses = responses }
end

---The whole description. The token is asked for only where one is set.
---@param with_token boolean
function M.describe(with_token)
  local paths = {}
  for path, methods in pairs(CALLS) do
    paths[path] = {}
    for method, call in pairs(methods) do
      local one = operation(path, call)
      if with_token and path ~= "/healthz" then one.security = { { bearer = json.list() } } end
      paths[path][method:lower()] = one
    end
  end
  return { openapi = "3.1.0", info = { title = "affiche", version = host.info().version },
    paths = paths, components = { schemas = SCHEMAS, securitySchemes = { bearer = {
      type = "http", scheme = "bearer" } } } }
end

function M.show(self)
  return answers.json(200, M.describe(self.cfg.API_TOKEN ~= nil), ORDER)
end

return M
