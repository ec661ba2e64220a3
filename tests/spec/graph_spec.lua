-- graph_spec.lua - host.graph_get and host.graph_post against a server that answers as told.
local json = require "json"
local lu = require "luaunit"

local T = {}
local TOKEN = "EAAtoken0123456789abcdef"
-- HMAC-SHA-256 of TOKEN with the key "app-secret", by another program.
local PROOF = "2e89ffbc22cb8a95a64b5a5535c76eed74cdec3803def866b29c6557f8d94ad4"

local server, url, seen, requests, answer

local function options(more)
  local all = { token = TOKEN, decode = json.decode, timeout = 20 }
  for key, value in pairs(more or {}) do all[key] = value end
  return all
end

-- The next answer: a status and a body, a table becomes JSON.
local function answers(status, body)
  if type(body) == "table" then body = json.encode(body) end
  answer = { status = status, body = body }
end

-- Both calls must fail with these fields; `reply` tells whether the raw answer comes as well.
local function fails(expected, has_reply, more)
  local err, reply
  for _, call in ipairs { "graph_get", "graph_post" } do
    local result
    result, err, reply = host[call](url, { a = "1" }, options(more))
    lu.assertNil(result)
    for key, value in pairs(expected) do
      lu.assertEquals(err[key], value, key .. " of: " .. tostring(err))
    end
    lu.assertEquals(err.op, call)
    lu.assertEquals(reply ~= nil, has_reply)
  end
  return err, reply
end

function T:setUp()
  requests = 0
  answers(200, { id = "17890000000000001" })
  server = assert(host.serve({}, function(request)
    seen = request
    requests = requests + 1
    return answer
  end))
  url = "http://127.0.0.1:" .. server.port .. "/v26.0/1784"
end

function T:tearDown()
  server:close()
end

-- Requests -------------------------------------------------------------------------------------

function T:test_get()
  local result, reply = host.graph_get(url, { fields = "id,caption", q = "a&b" }, options())
  lu.assertEquals(result.id, "17890000000000001")
  lu.assertEquals(reply.status, 200)
  lu.assertEquals(seen.method, "GET")
  lu.assertEquals(seen.query, { fields = "id,caption", q = "a&b" })
  lu.assertEquals(seen.headers.authorization, "Bearer " .. TOKEN)
  lu.assertNotStrContains(reply.url, TOKEN)
end

function T:test_get_keeps_the_query_of_its_url()
  assert(host.graph_get(url .. "?after=x", { limit = "25" }, options()))
  lu.assertEquals(seen.query, { after = "x", limit = "25" })
  assert(host.graph_get(url .. "?after=x", {}, options()))
  lu.assertEquals(seen.query, { after = "x" })
end

function T:test_post()
  local form = { caption = "é & ü\n#a=b+c" }
  local result = assert(host.graph_post(url, form, options { scheme = "OAuth", fresh = true }))
  lu.assertEquals(result.id, "17890000000000001")
  lu.assertEquals(seen.method, "POST")
  lu.assertEquals(seen.body, "caption=%C3%A9%20%26%20%C3%BC%0A%23a%3Db%2Bc")
  lu.assertEquals(seen.query, {})
  lu.assertEquals(seen.headers["content-type"], "application/x-www-form-urlencoded")
  lu.assertEquals(seen.headers.authorization, "OAuth " .. TOKEN)
  assert(host.graph_post(url, {}, options()))
  lu.assertEquals(seen.body, "")
end

function T:test_proof()
  assert(host.graph_get(url, { a = "1" }, options { app_secret = "app-secret" }))
  lu.assertEquals(seen.query, { a = "1", appsecret_proof = PROOF })
  assert(host.graph_post(url, {}, options { app_secret = "app-secret" }))
  lu.assertEquals(seen.body, "appsecret_proof=" .. PROOF)
end

function T:test_without_token_and_decoder()
  local body, reply = host.graph_get(url, nil, {})
  lu.assertEquals(body, answer.body)
  lu.assertEquals(reply.body, body)
  lu.assertNil(seen.headers.authorization)
end

function T:test_bad_arguments()
  local function refused(needle, ...)
    for _, call in ipairs { host.graph_get, host.graph_post } do
      local ok, message = pcall(call, ...)
      lu.assertFalse(ok, needle)
      lu.assertStrContains(tostring(message), needle)
      lu.assertNotStrContains(tostring(message), TOKEN)
    end
  end
  refused("unknown option 'tokn'", url, {}, { tokn = TOKEN })
  refused("table expected", url, {})
  refused("option 'token'", url, {}, { token = TOKEN .. "\n" })
  refused("option 'token'", url, {}, { token = "" })
  refused("option 'app_secret': it needs", url, {}, { app_secret = "x" })
  refused("option 'decode': function expected", url, {}, { decode = json })
  refused(".limit: string expected, got number", url, { limit = 25 }, options())
  refused("gets logged", url .. "?access_token=" .. TOKEN, {}, options())
  local ok, message = pcall(host.graph_get, url, { access_token = TOKEN }, options())
  lu.assertFalse(ok)
  lu.assertStrContains(tostring(message), "gets logged")
  lu.assertEquals(requests, 0)
end

-- Answers that are errors ----------------------------------------------------------------------

function T:test_envelope()
  answers(403, { error = { message = "Application request limit reached", type = "OAuthException",
    code = 4, error_subcode = 2207051, is_transient = false, error_user_title = "blocked",
    error_user_msg = "L’action est bloquée", fbtrace_id = "AbC" } })
  local err, reply = fails({ kind = "limit", code = 4, subcode = 2207051, type = "OAuthException",
    fbtrace_id = "AbC", is_transient = false, user_message = "L’action est bloquée", status = 403,
    retryable = false, sent = true }, true)
  lu.assertStrContains(err.message, "Application request limit reached")
  lu.assertStrContains(err.message, "2207051")
  lu.assertEquals(reply.status, 403)
end

function T:test_kinds()
  for _, case in ipairs {
    { 400, 190, 463, "auth", false }, { 400, 10, nil, "auth", false },
    { 403, 200, nil, "auth", false }, { 400, 9, 2207042, "limit", false },
    { 400, 80002, nil, "limit", false }, { 400, 9007, 2207027, "remote", false },
    { 500, 2, nil, "remote", true }, { 400, -1, 2207001, "remote", true },
    { 503, 100, nil, "remote", true },
  } do
    local status, code, subcode, kind, retryable = table.unpack(case, 1, 5)
    answers(status, { error = { message = "m", code = code, error_subcode = subcode } })
    local err = fails({ kind = kind, retryable = retryable, code = code }, true)
    lu.assertEquals(err.subcode, subcode)
  end
  answers(400, { error = { message = "m", code = 100, is_transient = true } })
  fails({ kind = "remote", retryable = true }, true)
end

function T:test_codes_are_integers_whatever_the_decoder_makes()
  answers(400, "x")
  local decode = function()
    return { error = { message = "m", code = 190.0, error_subcode = "463" } }
  end
  local err = fails({ kind = "auth" }, true, { decode = decode })
  lu.assertEquals(math.type(err.code), "integer")
  lu.assertEquals(math.type(err.subcode), "integer")
end

function T:test_odd_envelopes()
  answers(200, { error = { code = 1 } })
  fails({ kind = "remote", code = 1, status = 200, retryable = true }, true)
  answers(400, { error = { message = 5, code = "x", type = { "a" }, error_subcode = "INVALID" } })
  local err = fails({ kind = "remote", code = "x", subcode = "INVALID" }, true)
  lu.assertNil(err.type)
  for _, body in ipairs { "[]", "{}", '"text"', "5", "false", '{"error":"text"}' } do
    answers(400, body)
    fails({ kind = "remote", status = 400, retryable = false }, true)
  end
  answers(200, "false")
  lu.assertEquals(host.graph_get(url, {}, options()), false)
end

function T:test_upload_host()
  answers(400, { debug_info = { type = "NotAuthorizedError", message = "m", retriable = false } })
  fails({ kind = "auth", type = "NotAuthorizedError", retryable = false, status = 400 }, true)
  answers(400, { debug_info = { type = "PartialRequestError", message = "m", retriable = true } })
  fails({ kind = "remote", type = "PartialRequestError", retryable = true }, true)
end

function T:test_no_json()
  answers(502, "<html>Bad Gateway</html>")
  local err, reply = fails({ kind = "remote", status = 502, retryable = true, sent = true }, true)
  lu.assertStrContains(err.message, "no JSON (status 502, 24 bytes)")
  lu.assertEquals(reply.body, "<html>Bad Gateway</html>")
  for _, body in ipairs { "", '{"id":"1', '{"id":"1"} x', "\0", "\xFF\xFE" } do
    answers(200, body)
    fails({ kind = "remote", status = 200, retryable = false }, true)
  end
  answers(404, "plain text")
  fails({ kind = "remote", status = 404 }, true, { decode = tostring })
end

function T:test_decoder_that_returns_an_error()
  fails({ kind = "remote", status = 200 }, true, { decode = function() return nil, "no" end })
end

function T:test_too_large()
  answers(200, { data = ("x"):rep(1000) })
  fails({ kind = "limit", retryable = false, sent = true }, false, { max_bytes = 1000 })
end

function T:test_secrets_are_cut_out_of_errors()
  host.secret(TOKEN)
  answers(400, { error = { message = "Malformed access token " .. TOKEN, code = 190 } })
  local err = fails({ kind = "auth" }, true)
  lu.assertNotStrContains(err.message, TOKEN)
end

-- Once, in time, or not at all -----------------------------------------------------------------

function T:test_redirects_are_not_followed()
  answer = { status = 307, headers = { Location = url .. "/again" }, body = "" }
  lu.assertNil(host.graph_post(url, {}, options()))
  answer = { status = 303, headers = { Location = url .. "/again" }, body = "" }
  lu.assertNil(host.graph_get(url, {}, options()))
  lu.assertEquals(requests, 2)
end

function T:test_dropped()
  answer = { drop = true }
  for _, fresh in ipairs { true, false } do
    requests = 0
    local result, err, reply = host.graph_post(url, {}, options { fresh = fresh })
    lu.assertNil(result)
    lu.assertNil(reply)
    lu.assertEquals({ err.kind, err.sent }, { "network", true })
    lu.assertEquals(requests, 1)
  end
end

function T:test_refused()
  server:close()
  fails({ kind = "network", code = "ECONNREFUSED", sent = false, retryable = true }, false)
end

-- A server that answers only when the test is over.
local function silent(fn)
  local gate = host.gate()
  local slow = assert(host.serve({}, function()
    gate:wait()
    return {}
  end))
  local address = url
  url = "http://127.0.0.1:" .. slow.port
  local ok, err = pcall(fn)
  gate:open()
  slow:close()
  url = address
  if not ok then error(err, 0) end
end

function T:test_timeout()
  silent(function()
    fails({ kind = "timeout", sent = true, retryable = true }, false, { timeout = 0.1 })
  end)
end

function T:test_killed_while_waiting()
  silent(function()
    for _, call in ipairs { host.graph_get, host.graph_post } do
      local task = host.spawn(call, url, {}, options())
      while task:status() ~= "waiting" do host.sleep(0) end
      task:cancel()
      local ok, err = task:join()
      lu.assertFalse(ok)
      lu.assertEquals(err.kind, "cancelled")
    end
  end)
end

return T
