local lu = require "luaunit"
local robots = require "robots"

local T = {}

local AGENT = "facebookexternalhit"

local function allows(text, path)
  return (robots.allows(text, AGENT, path))
end

function T:test_nothing_said_is_allowed()
  for _, text in ipairs { "", "# nothing", "<html>not found</html>", "Disallow: /",
    "User-agent: *\nDisallow:" } do
    lu.assertTrue(allows(text, "/a.jpg"), text)
  end
end

function T:test_the_group_of_the_agent_beats_the_one_for_all()
  local text = "User-agent: *\nDisallow: /\n\nUser-agent: FacebookExternalHit/1.1\nAllow: /\n"
  lu.assertTrue(allows(text, "/a.jpg"))
  text = "User-agent: *\nAllow: /\nUser-agent: facebookexternalhit\nDisallow: /m\n"
  lu.assertFalse(allows(text, "/m/a.jpg"))
  lu.assertTrue(allows(text, "/other"))
  lu.assertFalse(allows("User-agent: *\nDisallow: /", "/a.jpg"))
  lu.assertTrue(allows("User-agent: Googlebot\nDisallow: /", "/a.jpg"))
end

function T:test_agents_in_a_row_share_the_rules_and_groups_of_one_agent_add_up()
  local text = "User-agent: bingbot\nUser-agent: facebookexternalhit\nDisallow: /x\n"
  lu.assertFalse(allows(text, "/x"))
  text = text .. "User-agent: facebookexternalhit\nDisallow: /y\n"
  lu.assertFalse(allows(text, "/x"))
  lu.assertFalse(allows(text, "/y"))
end

function T:test_the_longest_rule_decides_and_of_two_the_permission()
  local text = "User-agent: *\nDisallow: /m\nAllow: /m/public\nDisallow: /m/public/no\n"
  lu.assertFalse(allows(text, "/m/a.jpg"))
  lu.assertTrue(allows(text, "/m/public/a.jpg"))
  lu.assertFalse(allows(text, "/m/public/no/a.jpg"))
  lu.assertTrue(allows("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a"))
end

function T:test_wildcards_the_end_and_escapes()
  local text = "User-agent: *\r\nDisallow: /*.jpg$ # pictures\r\nDisallow: /a+b\r\n"
  lu.assertFalse(allows(text, "/x/y.jpg"))
  lu.assertTrue(allows(text, "/x/y.jpg?v=1"))
  lu.assertFalse(allows(text, "/a+b"))
  lu.assertTrue(allows(text, "/aab"))
  lu.assertFalse(allows("User-agent: *\nDisallow: /caf%C3%A9", "/caf\u{E9}/x"))
  lu.assertFalse(allows("User-agent: *\nDisallow: /%7Eme", "/~me/x"))
end

function T:test_stars_anywhere()
  local cases = {
    ["/*/b*.jpg$"] = { ["/a/b.jpg"] = false, ["/a/bc.jpg.jpg"] = false, ["/b/a.jpg"] = true,
      ["/a/b.jpg?"] = true, ["/a/b"] = true },
    ["/a*a$"] = { ["/a"] = true, ["/aa"] = false, ["/aba"] = false, ["/ab"] = true },
    ["/a$"] = { ["/a"] = false, ["/ab"] = true }, ["*"] = { ["/"] = false },
    ["/a**$"] = { ["/a"] = false, ["/b"] = true },
  }
  for rule, paths in pairs(cases) do
    for path, allowed in pairs(paths) do
      lu.assertEquals(allows("User-agent: *\nDisallow: " .. rule, path), allowed, rule .. path)
    end
  end
end

---Found by fuzzing: as a pattern this took for ever, and the program was ended after 30 s.
function T:test_no_rule_takes_long()
  local rule = "/" .. ("*a"):rep(2000) .. "*b"
  lu.assertTrue(allows("User-agent: *\nDisallow: " .. rule, "/" .. ("a"):rep(3000)))
end

function T:test_the_rule_that_forbids_is_named()
  local _, rule = robots.allows("User-agent: *\nDisallow: /media/", AGENT, "/media/a.jpg")
  lu.assertEquals(rule, "/media/")
end

return T
