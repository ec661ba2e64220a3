-- The look at our own URL, against a small web server that can lie.
local i18n = require "i18n"
local lu = require "luaunit"
local preflight = require "preflight"

local T = {}

local BODY = ("jpeg"):rep(500)
local NO_WAIT = { 0, 0 }

function T:setUp()
  i18n.use("en")
  self.asked, self.robots = {}, nil
  self.answer = function()
    return { body = BODY, headers = { ["Content-Type"] = "image/jpeg" } }
  end
  self.server = assert(host.serve({ port = 0 }, function(request)
    self.asked[#self.asked + 1] = request
    if request.path == "/robots.txt" then
      if self.robots == false then return { status = 503, body = "later" } end
      return self.robots and { body = self.robots } or { status = 404, body = "no" }
    end
    return self.answer(request)
  end))
  self.url = ("http://127.0.0.1:%d/m/a.jpg"):format(self.server.port)
  self.app = { cfg = {} }
  self.expected = { type = "image/jpeg", size = #BODY, sha256 = host.digest(BODY) }
end

function T:tearDown()
  self.server:close()
end

function T:fetch()
  return preflight.fetch(self.app, self.url, self.expected, NO_WAIT)
end

-- It must fail, after three tries, for this cause, with the codes that Instagram would give.
function T:fails(cause)
  local fine, err = self:fetch()
  lu.assertNil(fine)
  lu.assertEquals(err.cause, cause)
  lu.assertEquals({ err.kind, err.code, err.subcode }, { "remote", 9004, 2207052 })
  lu.assertNotNil(err.next_action)
  local tries = 0
  for _, request in ipairs(self.asked) do
    if request.path ~= "/robots.txt" then tries = tries + 1 end
  end
  lu.assertEquals(tries, 3)
  return err
end

function T:test_what_is_as_expected_passes_and_is_asked_as_instagram_asks()
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertNil(warning)
  lu.assertStrContains(self.asked[1].headers["user-agent"], "facebookexternalhit/1.1")
end

function T:test_robots_is_asked_once_for_a_server()
  self:fetch()
  self:fetch()
  local count = 0
  for _, request in ipairs(self.asked) do
    if request.path == "/robots.txt" then count = count + 1 end
  end
  lu.assertEquals(count, 1)
end

function T:test_a_refusal_names_its_status()
  self.answer = function() return { status = 404, body = "no" } end
  local err = self:fails("status")
  lu.assertEquals(err.status, 404)
  lu.assertStrContains(err.message, "404")
  lu.assertFalse(err.retryable)
end

function T:test_an_error_of_the_server_may_pass_later()
  self.answer = function() return { status = 503, body = "no" } end
  lu.assertTrue(self:fails("server").retryable)
end

function T:test_a_page_in_place_of_the_picture()
  self.answer = function()
    return { body = BODY, headers = { ["Content-Type"] = "text/html; charset=utf-8" } }
  end
  lu.assertStrContains(self:fails("type").message, "text/html")
end

function T:test_other_lengths()
  self.answer = function()
    return { body = BODY:sub(2), headers = { ["Content-Type"] = "image/jpeg" } }
  end
  self:fails("length")
  self.asked = {}
  self.answer = function()
    return { body = BODY:rep(100), headers = { ["Content-Type"] = "image/jpeg" } }
  end
  self:fails("length")
end

function T:test_other_content_of_the_same_length()
  self.answer = function()
    return { body = BODY:upper(), headers = { ["Content-Type"] = "image/jpeg" } }
  end
  self:fails("hash")
end

function T:test_what_comes_right_in_time_passes()
  local turn = 0
  self.answer = function()
    turn = turn + 1
    if turn < 3 then return { status = 404, body = "not yet" } end
    return { body = BODY, headers = { ["Content-Type"] = "image/jpeg" } }
  end
  lu.assertTrue(self:fetch())
end

function T:test_robots_that_forbid()
  self.robots = "User-agent: *\nDisallow: /m/\n"
  local fine, err = self:fetch()
  lu.assertNil(fine)
  lu.assertEquals(err.cause, "robots")
  lu.assertStrContains(err.message, "/m/")
end

function T:test_robots_that_cannot_be_read_are_worth_a_warning()
  self.robots = false
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertEquals(warning.cause, "robots_unknown")
  lu.assertStrContains(warning.message, "503")
end

function T:test_a_redirect_is_followed_with_a_warning()
  local plain = self.answer
  self.answer = function(request)
    if request.path == "/m/a.jpg" then
      return { status = 302, headers = { Location = "/m/b.jpg" }, body = "" }
    end
    return plain()
  end
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertEquals(warning.cause, "redirect")
  lu.assertTrue(warning.warning)
end

function T:test_what_only_this_machine_cannot_reach_is_a_warning()
  self.server:close()
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertEquals(warning.cause, "unreachable")
  lu.assertTrue(warning.unreachable)
end

-- Large files: their head, and a piece.
function T:large(options)
  local size = (16 << 20) + 1
  self.expected = { type = "video/mp4", size = size }
  self.answer = function(request)
    local headers = { ["Content-Type"] = "video/mp4" }
    if request.method == "HEAD" then
      headers["X-Head"] = "yes"
      return { body = ("x"):rep(options.size or size), headers = headers }
    end
    if not (options.range and request.headers.range) then
      return { body = ("x"):rep(1 << 20), headers = headers }
    end
    headers["Content-Range"] = ("bytes 0-65535/%d"):format(options.total or size)
    return { status = 206, body = ("x"):rep(65536), headers = headers }
  end
end

function T:test_a_large_file_is_looked_at_by_a_piece()
  self:large { range = true }
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertNil(warning)
end

function T:test_a_server_without_range_is_worth_a_warning()
  self:large { range = false }
  local fine, warning = self:fetch()
  lu.assertTrue(fine)
  lu.assertEquals(warning.cause, "range")
end

function T:test_a_large_file_of_another_length()
  self:large { range = true, total = 5, size = (16 << 20) + 1 }
  local fine, err = self:fetch()
  lu.assertNil(fine)
  lu.assertEquals(err.cause, "length")
end

function T:test_addresses_that_instagram_cannot_reach()
  for _, name in ipairs { "localhost", "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.20.1.1",
    "[::1]", "169.254.1.1", "nas.local", "[fd00::1]" } do
    lu.assertTrue(preflight.is_private("http://" .. name .. "/x"), name)
  end
  for _, name in ipairs { "example.org", "172.32.0.1", "8.8.8.8", "[2001:db8::1]", "10.example" } do
    lu.assertFalse(preflight.is_private("https://" .. name .. "/x"), name)
  end
end

return T
