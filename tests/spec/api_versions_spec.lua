local lu = require "luaunit"
local versions = require "api_versions"

local T = {}

local function at(day)
  local year, month, date = day:match("(%d+)-(%d+)-(%d+)")
  return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(date), hour = 12 }
end

function T:test_the_version_of_an_url()
  lu.assertEquals(versions.of_url("https://graph.facebook.com/v26.0"), "v26.0")
  lu.assertEquals(versions.of_url("http://127.0.0.1:80/v9.0/x"), "v9.0")
  lu.assertNil(versions.of_url("https://graph.facebook.com"))
  lu.assertNil(versions.of_url("https://v26.0.example.org/x"))
end

function T:test_the_calendar_tells_the_age()
  local now = at("2026-11-22")
  lu.assertEquals(versions.age("v26.0", now), "current")
  lu.assertEquals(versions.age("v22.0", now), "current")
  lu.assertEquals({ versions.age("v21.0", now) }, { "soon", "2027-01-21" })
  lu.assertEquals(versions.age("v20.0", now), "ended")
  lu.assertEquals(versions.age("v3.1", now), "ended")
  lu.assertEquals(versions.age("v27.0", now), "unknown")
  lu.assertEquals(versions.age("v22.0", at("2027-05-21")), "ended")
  lu.assertEquals(versions.age("v22.0", at("2027-03-01")), "soon")
end

return T
