local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local lu = require "luaunit"

local T = {}

function T:test_a_new_error_prints_its_message()
  local err = errors.new { kind = "io", message = "the disk is gone", op = "move", code = "EIO" }
  lu.assertStrContains(tostring(err), "the disk is gone")
  lu.assertEquals(err.code, "EIO")
  lu.assertFalse(err.retryable)
end

function T:test_anything_becomes_an_error()
  local err = errors.new { kind = "network", message = "down", retryable = true, op = "http" }
  lu.assertTrue(rawequal(errors.of(err), err))
  lu.assertEquals(errors.of("boom").kind, "script")
  lu.assertEquals(errors.of("boom").message, "boom")
  lu.assertEquals(errors.of(nil).message, "nil")
  lu.assertEquals(errors.of({ kind = "limit", message = "full" }).kind, "limit")
  local nasty = setmetatable({}, { __tostring = function() error("no") end })
  lu.assertEquals(errors.of(nasty).kind, "script")
end

function T:test_wrap_copies_and_the_innermost_place_wins()
  local err = errors.new { kind = "format", message = "bad", op = "probe", step = "prepare" }
  local outer = errors.wrap(err, { step = "upload", file = "a.jpg" })
  lu.assertEquals(outer.step, "prepare")
  lu.assertEquals(outer.file, "a.jpg")
  lu.assertNil(err.file)
  lu.assertEquals(tostring(outer), tostring(err))
end

function T:test_public_has_every_promised_field()
  local err = errors.new { kind = "auth", message = "no", op = "graph_post", code = 190 }
  local public = errors.public(err)
  lu.assertEquals(public.code, 190)
  for _, field in ipairs({ "subcode", "step", "file", "next_action" }) do
    lu.assertTrue(public[field] == json.null, field)
  end
  lu.assertFalse(public.retryable)
  lu.assertNil(getmetatable(public))
  local text = json.encode(public, { order = { "kind", "code", "subcode", "message" } })
  lu.assertStrContains(text, '{"kind":"auth","code":190,"subcode":null,"message":')
end

function T:test_the_most_specific_advice_is_given()
  local t = i18n.get("en")
  local function advice(fields)
    fields.message, fields.retryable = "x", false
    return errors.next_action(errors.new(fields), t)
  end
  local graph = advice { kind = "remote", op = "graph_post", code = 4, subcode = 2207051 }
  lu.assertEquals(graph, t("action.graph.2207051"))
  lu.assertEquals(advice { kind = "limit", op = "graph_get", code = 4 }, t("action.graph.4"))
  lu.assertEquals(advice { kind = "auth", op = "ftp_put", code = 530 }, t("action.ftp.530"))
  lu.assertEquals(advice { kind = "io", op = "move", code = "ENOSPC" }, t("action.errno.ENOSPC"))
  lu.assertEquals(advice { kind = "remote", op = "http", status = 404 }, t("action.http.404"))
  lu.assertEquals(advice { kind = "tls", op = "ftp_put", code = 530 }, t("action.ftp.tls"))
  lu.assertEquals(advice { kind = "tls", op = "http" }, t("action.kind.tls"))
  lu.assertEquals(advice { kind = "io", op = "x", next_action = "pray" }, "pray")
end

return T
