-- serve_stream_spec.lua - host.serve: answers that are a file or are written bit by bit.
local lu = require "luaunit"
local support = require "serve_support"

local get, talk, wait_for = support.get, support.talk, support.wait_for
local T = support.spec()
local base = { setUp = T.setUp, tearDown = T.tearDown }

function T:setUp()
  base.setUp(self)
  self.folder = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.folder))
end

function T:tearDown()
  base.tearDown(self)
  assert(host.remove(self.folder, { recursive = true }))
end

-- Files -----------------------------------------------------------------------------------------

-- A server that sends the file of the given content.
local function file_server(self, content, fields)
  local path = self.folder .. "/a file"
  assert(host.write(path, content))
  return self:serve({}, function()
    local response = { file = path, headers = { ["Content-Type"] = "image/jpeg" } }
    for key, value in pairs(fields or {}) do response[key] = value end
    return response
  end)
end

function T:test_a_file_arrives_whole()
  local parts = {}
  for i = 1, 20000 do parts[i] = ("%016d"):format(i) end
  local content = table.concat(parts)
  local url = file_server(self, content)
  local reply = get(url)
  lu.assertEquals(reply.status, 200)
  lu.assertEquals(reply.headers["content-type"], "image/jpeg")
  lu.assertEquals(reply.headers["accept-ranges"], "bytes")
  lu.assertEquals(reply.headers["content-length"], "320000")
  lu.assertTrue(reply.body == content)
end

function T:test_an_empty_file()
  local url = file_server(self, "")
  local reply = get(url)
  lu.assertEquals(reply.status, 200)
  lu.assertEquals(reply.body, "")
end

function T:test_ranges()
  local url = file_server(self, "0123456789")
  local cases = {
    { "bytes=0-3", 206, "0123", "bytes 0-3/10" },
    { "bytes=4-", 206, "456789", "bytes 4-9/10" },
    { "bytes=-2", 206, "89", "bytes 8-9/10" },
    { "bytes=8-99", 206, "89", "bytes 8-9/10" },
    { "bytes=10-", 416, "", "bytes */10" },
    { "bytes=0-1,4-5", 200, "0123456789" },
    { "lines=0-1", 200, "0123456789" },
  }
  for _, case in ipairs(cases) do
    local reply = get(url, { headers = { Range = case[1] } })
    lu.assertEquals(reply.status, case[2], case[1])
    lu.assertEquals(reply.body, case[3], case[1])
    lu.assertEquals(reply.headers["content-range"], case[4], case[1])
  end
end

function T:test_a_range_with_if_range_sends_the_whole()
  local url = file_server(self, "0123456789")
  local reply = get(url, { headers = { Range = "bytes=0-3", ["If-Range"] = '"x"' } })
  lu.assertEquals(reply.status, 200)
  lu.assertEquals(reply.body, "0123456789")
end

function T:test_a_range_of_an_error_page_is_ignored()
  local url = file_server(self, "0123456789", { status = 404 })
  local reply = get(url, { headers = { Range = "bytes=0-3" } })
  lu.assertEquals(reply.status, 404)
  lu.assertEquals(reply.body, "0123456789")
end

function T:test_head_of_a_file_has_its_length()
  local url = file_server(self, "0123456789")
  local answer = talk(url,
    "HEAD / HTTP/1.1\r\nHost: h\r\nRange: bytes=0-3\r\nConnection: close\r\n\r\n")
  lu.assertEquals(support.status_of(answer), 200)
  lu.assertStrContains(answer, "Content-Length: 10\r\n")
  lu.assertEquals(answer:sub(-4), "\r\n\r\n")
end

function T:test_a_missing_file_or_a_folder_is_404()
  local path = self.folder .. "/none"
  local url = self:serve({}, function() return { file = path } end)
  lu.assertEquals(get(url).status, 404)
  path = self.folder
  lu.assertEquals(get(url).status, 404)
end

function T:test_a_client_that_goes_in_the_middle_of_a_file_leaves_nothing_behind()
  local path = self.folder .. "/large"
  assert(host.exec { "truncate", "-s", "512M", path })
  local url = self:serve({}, function() return { file = path } end)
  local _, err = host.http { url = url, max_bytes = 1 << 20 }
  lu.assertEquals(err.kind, "limit")
end

-- Streams ---------------------------------------------------------------------------------------

local EVENTS = { ["Content-Type"] = "text/event-stream" }

function T:test_a_stream_arrives_as_it_is_written()
  local gate = host.gate()
  local url = self:serve({}, function()
    return { headers = EVENTS, stream = function(write)
      lu.assertTrue(write("data: 1\n\n"))
      assert(gate:wait(20))
      lu.assertTrue(write("data: 2\n\n"))
    end }
  end)
  local seen = self.folder .. "/seen"
  local client = host.spawn(host.exec, { "curl", "-sN", "-o", seen, url }, { timeout = 20 })
  wait_for("the first event", function() return host.read(seen) == "data: 1\n\n" end)
  gate:open()
  local _, done = client:join()
  lu.assertEquals(done.status, 0)
  lu.assertEquals(host.read(seen), "data: 1\n\ndata: 2\n\n")
end

function T:test_a_stream_without_text_ends()
  local url = self:serve({}, function() return { headers = EVENTS, stream = function() end } end)
  local reply = get(url)
  lu.assertEquals(reply.body, "")
  lu.assertEquals(reply.headers["content-type"], "text/event-stream")
end

function T:test_head_of_a_stream_does_not_run_it()
  local ran = false
  local url = self:serve({}, function()
    return { stream = function() ran = true end }
  end)
  local answer = talk(url, "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
  lu.assertEquals(support.status_of(answer), 200)
  lu.assertFalse(ran)
end

function T:test_write_is_false_once_the_client_has_gone()
  local noticed = false
  local url = self:serve({}, function()
    return { stream = function(write)
      while write("tick\n") do host.sleep(0.02) end
      noticed = true
    end }
  end)
  local _, err = host.http { url = url, timeout = 0.3 }
  lu.assertEquals(err.kind, "timeout")
  wait_for("the end of the stream", function() return noticed end)
end

function T:test_a_client_that_does_not_read_is_dropped()
  local written
  local url, server = self:serve({}, function()
    return { stream = function(write)
      local count, text = 0, ("x"):rep(64 * 1024)
      while write(text) do
        count = count + 1
        host.sleep(0)
      end
      written = count * #text
    end }
  end)
  local lazy = [[exec 3<>"/dev/tcp/127.0.0.1/$1"; printf 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' >&3
    sleep 20]]
  local argv = { "bash", "--norc", "-c", lazy, "lazy", tostring(server.port) }
  local client = host.spawn(host.exec, argv)
  wait_for("the end of the stream", function() return written end)
  lu.assertTrue(written < 64 << 20, "the kernel's buffers and 256 KB, not more")
  client:cancel()
  lu.assertEquals(type(url), "string")
end

function T:test_a_text_beyond_the_queue_is_refused()
  local first, second
  local url = self:serve({}, function()
    return { stream = function(write)
      first = write(("x"):rep(256 * 1024 + 1))
      second = write("x")
    end }
  end)
  local reply = host.http { url = url }
  lu.assertNil(reply)
  lu.assertEquals({ first, second }, { false, false })
end

function T:test_an_error_in_a_stream_cuts_it_and_is_logged()
  local url = self:serve({}, function()
    return { stream = function(write)
      write("begun")
      host.sleep(0.05)
      error("lost the thread")
    end }
  end)
  local reply, err = host.http { url = url }
  lu.assertNil(reply)
  lu.assertEquals(err.kind, "network")
  self:logged("lost the thread")
end

function T:test_write_after_the_end_is_false()
  local kept
  local url = self:serve({}, function()
    return { stream = function(write)
      kept = write
      write("x")
    end }
  end)
  lu.assertEquals(get(url).body, "x")
  lu.assertFalse(kept("y"))
end

function T:test_close_cuts_streams()
  local ended = false
  local url, server = self:serve({}, function()
    return { stream = function(write)
      local guard <close> = setmetatable({}, { __close = function() ended = true end })
      write("x")
      host.sleep(60)
      return guard
    end }
  end)
  local seen = self.folder .. "/seen"
  local client = host.spawn(host.exec, { "curl", "-sN", "-o", seen, url }, { timeout = 20 })
  wait_for("the first byte", function() return host.read(seen) == "x" end)
  server:close()
  local _, done = client:join()
  lu.assertEquals(done.status, 18) -- curl: the transfer was cut
  wait_for("the end of the task", function() return ended end)
end

return T
