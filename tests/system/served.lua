-- served.lua - `affiche serve` on a world of its own, and calls to it by curl.
local lu = require "luaunit"
local json = require "json"
local scene = require "scene"

local M = { STATUS = "/api/poster-media/status", RUN = "/api/poster-media" }

---A world and the server on it. `server.pid()`, `server.ended()`.
---@param options? table of scene.new, and `scripts`: their texts by name
function M.serve(options)
  local world = scene.new(options)
  for name, text in pairs(options and options.scripts or {}) do scene.script(world, name, text) end
  world.env.PORT = tostring(scene.free_port())
  world.base = "http://127.0.0.1:" .. world.env.PORT
  local pid_file = world.folder .. "/pid"
  local prefix = { "sh", "-c", 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"', pid_file }
  world.serving = host.spawn(function()
    return world:run({ "--scripts", world.scripts, "serve" }, { prefix = prefix, timeout = 110 })
  end)
  local deadline = host.now("monotonic") + 30
  while not host.http { url = world.base .. "/healthz", timeout = 5 } do
    if world.serving:status() == "dead" then error(select(2, world.serving:join()).stderr) end
    assert(host.now("monotonic") < deadline, "the server does not answer")
    host.sleep(0.02)
  end
  function world.pid() return assert(host.read(pid_file)):match("%d+") end
  -- Ends the server as a service manager would; what it wrote.
  function world.stop(signal)
    assert(host.exec { "kill", "-" .. (signal or "TERM"), world.pid() })
    local ok, result = world.serving:join()
    assert(ok, tostring(result))
    return result
  end
  return setmetatable({}, {
    __index = world, __newindex = world,
    __close = function()
      world.serving:cancel()
      world.serving:join()
      world:close()
    end,
  })
end

---One call by curl: { status=, body=, headers=, json= }.
function M.call(world, path, ...)
  local argv = { "curl", "--silent", "--show-error", "--include", "--max-time", "60",
    "--path-as-is", ... }
  argv[#argv + 1] = world.base .. path
  local done = assert(host.exec(argv, { timeout = 70 }))
  lu.assertEquals(done.status, 0, done.stderr)
  local text = done.stdout:gsub("^HTTP/1.1 100[^\n]*\n\r?\n", "")
  local head, body = text:match("^(.-)\r\n\r\n(.*)$")
  return { status = tonumber(head:match("^HTTP/1%.1 (%d+)")), body = body, headers = head,
    json = json.decode(body) }
end

function M.post(world, ...)
  return M.call(world, M.RUN, "--request", "POST", ...)
end

function M.assert_refused(answer, status)
  lu.assertEquals(answer.status, status, answer.headers .. "\n" .. answer.body)
  lu.assertEquals(answer.json.success, false)
  lu.assertEquals(type(answer.json.error), "string")
end

return M
