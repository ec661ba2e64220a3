local lu = require "luaunit"
local url = require "url"

local T = {}

function T:test_segments_are_encoded()
  lu.assertEquals(url.encode("a b/é#%?&+"), "a%20b%2F%C3%A9%23%25%3F%26%2B")
  lu.assertEquals(url.encode("A-z_0.9~"), "A-z_0.9~")
  lu.assertEquals(url.encode_path("/a b//c"), "/a%20b//c")
  lu.assertEquals(url.mend_path("/a b/c%20d/é"), "/a%20b/c%20d/%C3%A9")
end

function T:test_join()
  lu.assertEquals(url.join("https://h/x/", "/a b/", "c#.jpg"), "https://h/x/a%20b/c%23.jpg")
  lu.assertEquals(url.join("https://h"), "https://h")
  lu.assertEquals(url.join("https://h", "/"), "https://h")
end

function T:test_decode()
  lu.assertEquals(url.decode("a%20b%2f"), "a b/")
  lu.assertNil(url.decode("100%"))
  lu.assertNil(url.decode("%zz"))
  lu.assertEquals(url.decode("%2541"), "%41")
end

function T:test_parse_takes_everything_apart()
  local got = assert(url.parse("FTP://me%40home:p%2Fw%3A:x@ftp.example.com:2121/a%20b/c?q=1#f"))
  lu.assertEquals(got.scheme, "ftp")
  lu.assertEquals(got.user, "me@home")
  lu.assertEquals(got.password, "p/w::x")
  lu.assertEquals(got.host, "ftp.example.com")
  lu.assertEquals(got.port, 2121)
  lu.assertEquals(got.path, "/a b/c")
  lu.assertEquals(got.query, "q=1")
  lu.assertEquals(got.fragment, "f")
end

function T:test_parse_odd_forms()
  lu.assertEquals(assert(url.parse("file:///srv/a")).path, "/srv/a")
  lu.assertEquals(assert(url.parse("file:///srv/a")).host, "")
  local six = assert(url.parse("ftp://u@[::1]:21/"))
  lu.assertEquals(six.host, "::1")
  lu.assertEquals(six.port, 21)
  lu.assertNil(six.password)
  lu.assertEquals(assert(url.parse("ftp://u:@h")).password, "")
  lu.assertEquals(assert(url.parse("ftp://u:a@b@h/")).password, "a@b")
end

function T:test_parse_refuses_without_telling_the_password()
  local bad = {
    "hello", "ftp:/h", "ftp://u:sesame@h:99999/", "ftp://u:sesame@h:0/", "ftp://u:sesame@h/a%zz",
    "ftp://u:sesame@h/a%0d%0aDELE%20b", "ftp://u:sesame@h/a\r\nDELE b", "ftp://u:sesame%00@h/",
    "ftp://u:se/same@h/", "ftp://u:sesame@[::1/", "//u:sesame@h",
  }
  for _, text in ipairs(bad) do
    local got, err = url.parse(text)
    lu.assertNil(got, text)
    lu.assertEquals(err.kind, "format", text)
    lu.assertNotStrContains(err.message, "same")
  end
end

function T:test_without_password()
  lu.assertEquals(url.without_password("ftp://u:p@h/x"), "ftp://h/x")
  lu.assertEquals(url.without_password("ftp://u:p@h/x", true), "ftp://u@h/x")
  lu.assertEquals(url.without_password("https://h/a@b"), "https://h/a@b")
end

local function target(fields)
  local base = { scheme = "ftp", host = "h", port = 21, folder = "", absolute = false }
  for key, value in pairs(fields) do base[key] = value end
  return url.target_url(base, "n ame.jpg")
end

function T:test_ftp_urls_tell_absolute_from_relative()
  lu.assertEquals(
    target { folder = "/wordpress/up load", absolute = true },
    "ftp://h:21/%2Fwordpress/up%20load/n%20ame.jpg"
  )
  lu.assertEquals(target { absolute = true }, "ftp://h:21/%2Fn%20ame.jpg")
  lu.assertEquals(target { folder = "www" }, "ftp://h:21/www/n%20ame.jpg")
  lu.assertEquals(target {}, "ftp://h:21/n%20ame.jpg")
  lu.assertEquals(target { host = "::1" }, "ftp://[::1]:21/n%20ame.jpg")
end

function T:test_sftp_urls_are_the_other_way_round()
  local home = { scheme = "sftp", port = 22, folder = "www" }
  lu.assertEquals(target(home), "sftp://h:22/~/www/n%20ame.jpg")
  home.absolute, home.folder = true, "/srv/www"
  lu.assertEquals(target(home), "sftp://h:22/srv/www/n%20ame.jpg")
end

return T
