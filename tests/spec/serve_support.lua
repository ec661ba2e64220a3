-- serve_support.lua - what the specs of host.serve share: a server that goes with its test, raw
-- bytes over TCP, log lines, waiting for something with a deadline.
local lu = require "luaunit"

local M = {}

-- Sends all of its input, then reads until the server closes.
local TALK = [[exec 3<>"/dev/tcp/$1/$2" && cat >&3 && exec timeout 20 cat <&3 2>/dev/null]]

---A spec whose `self:serve(options, handler)` returns the base URL and the Server. Log lines are
---kept in `self.log` instead of being shown.
function M.spec()
  local T = {}
  function T:setUp()
    self.servers, self.log = {}, {}
    host.log_open { stderr = false, listener = function(record) table.insert(self.log, record) end }
  end
  function T:tearDown()
    for _, server in ipairs(self.servers) do server:close() end
    self.servers = nil
    host.log_open { stderr = true, listener = false }
  end
  function T:serve(options, handler)
    local server = assert(host.serve(options, handler))
    table.insert(self.servers, server)
    return "http://127.0.0.1:" .. server.port, server
  end
  function T:logged(text)
    M.wait_for("the log line " .. text, function()
      for _, record in ipairs(self.log) do
        if record.message:find(text, 1, true) then return true end
      end
    end)
  end
  return T
end

function M.wait_for(what, condition)
  local deadline = host.now("monotonic") + 10
  repeat
    local value = condition()
    if value then return value end
    host.sleep(0.01)
  until host.now("monotonic") > deadline
  error("waited in vain for " .. what)
end

---Everything the server says to these bytes, until it closes the connection.
function M.talk(url, bytes)
  local address, port = url:match("^http://%[?([%x.:]-)%]?:(%d+)$")
  local argv = { "bash", "--norc", "-c", TALK, "talk", address, port }
  local done = assert(host.exec(argv, { stdin = bytes, timeout = 30 }))
  lu.assertEquals(done.stderr, "")
  return done.stdout
end

function M.status_of(answer)
  return tonumber(answer:match("^HTTP/1%.1 (%d%d%d) "))
end

function M.get(url, request)
  request = request or {}
  request.url = url
  return assert(host.http(request))
end

return M
