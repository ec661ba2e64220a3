-- api.lua - the HTTP calls of `affiche serve`: the original system's two, what was done and would
-- be done, and what watches over a server.
local answers = require "api.answers"
local guard = require "api.guard"
local json = require "json"
local lists = require "api.lists"
local metrics = require "api.metrics"
local openapi = require "api.openapi"
local runs = require "api.runs"
local status = require "status"

local M = {}

M.routes = {
  ["/healthz"] = { GET = function() return answers.text(200, json.encode { status = "ok" }) end },
  ["/api/poster-media/status"] = { GET = function(self)
    return answers.text(200, status.encode(status.of(self.app)))
  end },
  ["/api/poster-media"] = { POST = runs.start },
  ["/api/runs"] = { GET = runs.list },
  ["/api/runs/{id}"] = { GET = runs.show },
  ["/api/items"] = { GET = lists.items },
  ["/api/preview"] = { GET = lists.preview },
  ["/metrics"] = { GET = metrics.show },
  ["/openapi.json"] = { GET = openapi.show },
}

-- The route of a path, and the number in it.
local function route_of(path)
  path = path:gsub("(.)/$", "%1")
  local id = path:match("^/api/runs/(%d+)$")
  return M.routes[id and "/api/runs/{id}" or path], id
end

local function methods_of(route)
  local names = {}
  for name in pairs(route) do names[#names + 1] = name end
  if route.GET then names[#names + 1] = "HEAD" end
  table.sort(names)
  return table.concat(names, ", ")
end

local function dispatch(self, request)
  local refusal = guard.check(self, request)
  if refusal then return refusal end
  local route, id = route_of(request.path)
  if not route then return answers.refuse(404, "api.unknown", { path = request.path }) end
  local handler = route[request.method == "HEAD" and "GET" or request.method]
  if not handler then
    return answers.refuse(405, "api.method", nil, { Allow = methods_of(route) })
  end
  return handler(self, request, id)
end

---Starts the server. Nil and an Error when the port cannot be had.
---@param app table
---@param flow table
function M.start(app, flow)
  local self = { app = app, flow = flow, cfg = app.cfg, held = {} }
  local server, err = host.serve({ host = app.cfg.HOST, port = app.cfg.PORT }, function(request)
    return dispatch(self, request)
  end)
  if not server then return nil, err end
  self.server, self.port = server, server.port
  return self
end

return M
