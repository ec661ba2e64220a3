-- api.lua - the HTTP calls of `affiche serve`: the original system's two, and liveness.
-- Who may call is decided here, before routing: Host and Origin against DNS rebinding and
-- cross-site requests, the bearer token when one is set (facts: HTTP hardening).
local i18n = require "i18n"
local json = require "json"
local report = require "report"
local session = require "session"
local status = require "status"
local url = require "url"

local M = {}

local HEADERS = {
  ["X-Content-Type-Options"] = "nosniff", ["Cache-Control"] = "no-store",
  ["Content-Security-Policy"] = "default-src 'self'", ["X-Frame-Options"] = "DENY",
  ["Cross-Origin-Resource-Policy"] = "same-origin", ["Content-Type"] = "application/json",
}

local function answer(code, body, extra)
  local headers = {}
  for name, value in pairs(HEADERS) do headers[name] = value end
  for name, value in pairs(extra or {}) do headers[name] = value end
  return { status = code, headers = headers, body = body .. "\n" }
end

local function refuse(code, key, words, extra)
  return answer(code, json.encode({ success = false, error = i18n.t(key, words) },
    { order = { "success", "error" } }), extra)
end

local LOOPBACK = { ["localhost"] = true, ["127.0.0.1"] = true, ["[::1]"] = true }
local EVERYWHERE = { ["0.0.0.0"] = true, ["::"] = true }

-- "Name:port" of a Host header or an origin, in lower case: the name, and the port or nil.
local function split(authority)
  local name, port = authority:lower():match("^(%[[%x:.]+%])%.?:?(%d*)$")
  if not name then name, port = authority:lower():match("^([^:]*):?(%d*)$") end
  if not name then return nil end
  return (name:gsub("%.$", "")), tonumber(port)
end

local function is_address(name)
  return name:find("^%[") ~= nil or name:find("^%d+%.%d+%.%d+%.%d+$") ~= nil
end

-- The name a browser was told to reach us by; anything else is somebody else's page. Listening on
-- every address we do not know our own, but a page that rebinds a name has no address for a name.
local function host_allowed(self, header)
  local name, port = split(header)
  if not name or port and port ~= self.port then return false end
  if LOOPBACK[name] or name == url.authority(self.cfg.HOST):lower() then return true end
  return EVERYWHERE[self.cfg.HOST] ~= nil and is_address(name)
end

local DEFAULT_PORTS = { http = 80, https = 443 }

-- Another port is another origin, and one without a port has that of its scheme.
local function same_origin(self, request)
  local scheme, authority = request.headers.origin:match("^(https?)://(.+)$")
  if not scheme then return false end
  local name, port = split(authority)
  return name ~= nil and name == split(request.headers.host or "")
    and (port or DEFAULT_PORTS[scheme]) == self.port
end

local function cross_site(self, request)
  local origin, site = request.headers.origin, request.headers["sec-fetch-site"]
  if origin and not same_origin(self, request) then return true end
  return site ~= nil and site ~= "same-origin" and site ~= "none"
end

-- Digests are compared, so that neither length nor content leaks by time.
local function token_valid(self, request)
  local given = (request.headers.authorization or ""):match("^[Bb]earer%s+(.+)$")
  if not given then return false end
  local a, b, difference = host.digest(given), host.digest(self.cfg.API_TOKEN), 0
  for i = 1, #a do difference = difference | (a:byte(i) ~ b:byte(i)) end
  return difference == 0
end

local routes = {}

routes["/healthz"] = { GET = function()
  return answer(200, json.encode { status = "ok" })
end }

routes["/api/poster-media/status"] = { GET = function(self)
  return answer(200, status.encode(status.of(self.app)))
end }

routes["/api/poster-media"] = { POST = function(self)
  if self.running then
    return refuse(409, "api.running", { id = self.running })
  end
  self.runs = self.runs + 1
  self.running = tostring(self.runs)
  local _ <close> = setmetatable({}, { __close = function() self.running = nil end })
  local object = session.run(self.app, self.flow)
  return answer(200, report.encode(object))
end }

local function methods_of(route)
  local names = {}
  for name in pairs(route) do names[#names + 1] = name end
  if route.GET then names[#names + 1] = "HEAD" end
  table.sort(names)
  return table.concat(names, ", ")
end

local function dispatch(self, request)
  if not host_allowed(self, request.headers.host or "") then return refuse(421, "api.host") end
  if cross_site(self, request) then return refuse(403, "api.cross_site") end
  if self.cfg.API_TOKEN and request.path ~= "/healthz" and not token_valid(self, request) then
    return refuse(401, "api.token", nil, { ["WWW-Authenticate"] = "Bearer" })
  end
  local route = routes[request.path:gsub("(.)/$", "%1")]
  if not route then return refuse(404, "api.unknown", { path = request.path }) end
  local handler = route[request.method == "HEAD" and "GET" or request.method]
  if not handler then
    return refuse(405, "api.method", nil, { Allow = methods_of(route) })
  end
  return handler(self, request)
end

---Starts the server. Nil and an Error when the port cannot be had.
---@param app table
---@param flow table
function M.start(app, flow)
  local self = { app = app, flow = flow, cfg = app.cfg, runs = 0 }
  local server, err = host.serve({ host = app.cfg.HOST, port = app.cfg.PORT }, function(request)
    return dispatch(self, request)
  end)
  if not server then return nil, err end
  self.server, self.port = server, server.port
  return self
end

return M
