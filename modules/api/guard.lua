-- api/guard.lua - who may call: Host and Origin against DNS rebinding and cross-site requests, and
-- the bearer token when one is set (facts: HTTP hardening).
local answers = require "api.answers"
local url = require "url"

local M = {}

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

---The refusal of a request that may not be answered, or nil.
---@param self table the server: cfg, port
---@param request Request
---@return Response|nil
function M.check(self, request)
  if not host_allowed(self, request.headers.host or "") then
    return answers.refuse(421, "api.host")
  end
  if cross_site(self, request) then return answers.refuse(403, "api.cross_site") end
  if self.cfg.API_TOKEN and request.path ~= "/healthz" and not token_valid(self, request) then
    return answers.refuse(401, "api.token", nil, { ["WWW-Authenticate"] = "Bearer" })
  end
end

return M
