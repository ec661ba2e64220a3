-- Where uploads go and under which address they are seen: config.target, PUBLIC_BASE_URL.
local config = require "config"
local lu = require "luaunit"

local T = {}

local BASE = {
  AUTO_DOWNLOAD_DIR = "/in", FTP_HOST = "ftp.example.com", FTP_USER = "me",
  FTP_PASS = "open sesame ", ACCESS_TOKEN = "EAAtoken", IG_USER_ID = "17841400000000000",
  HOME = "/users/me", LANG = "en_GB",
}

local function load(changes)
  local environment = {}
  for name, value in pairs(BASE) do environment[name] = value end
  for name, value in pairs(changes) do environment[name] = value end
  return config.load { environment = environment, file = "/dev/null" }
end

local function find(problems, key)
  for _, problem in ipairs(problems) do
    if problem.key == key then return problem end
  end
end

local function refused(changes, key, part)
  local cfg, problems = load(changes)
  local problem = find(problems, key)
  lu.assertNotNil(problem, key)
  lu.assertTrue(problem.fatal, problem.message)
  lu.assertStrContains(problem.message, part or key)
  return cfg, problem
end

function T:test_the_public_address()
  local cfg = load({ FTP_UPLOAD_DIR = "/wordpress/up load/é/" })
  lu.assertEquals(cfg.PUBLIC_BASE_URL, "https://ftp.example.com/wordpress/up%20load/%C3%A9")
  cfg = load({ PUBLIC_BASE_URL = "https://cdn.example.com/a b/" })
  lu.assertEquals(cfg.PUBLIC_BASE_URL, "https://cdn.example.com/a%20b")
  refused({ PUBLIC_BASE_URL = "cdn.example.com" }, "PUBLIC_BASE_URL")
  refused({ PUBLIC_BASE_URL = "https://h/?q=1" }, "PUBLIC_BASE_URL")
end

function T:test_the_target_of_the_ftp_settings()
  local cfg = load({ FTP_UPLOAD_DIR = "/www/pub/", FTP_PORT = "2121" })
  local target = config.target(cfg)
  lu.assertEquals(target.label, "ftp.example.com:2121")
  lu.assertEquals(target.folder, "/www/pub")
  lu.assertTrue(target.absolute)
  lu.assertEquals(target.password, "open sesame ")
  lu.assertFalse(config.target(load({ FTP_UPLOAD_DIR = "pub" })).absolute)
  for _, name in ipairs({ "ftp://h", "h:21", "h/x", "a b", "u@h" }) do
    refused({ FTP_HOST = name }, "FTP_HOST")
  end
  refused({ FTP_UPLOAD_DIR = "/a/../b" }, "FTP_UPLOAD_DIR")
  refused({ FTP_UPLOAD_DIR = "/a\r\nDELE b" }, "FTP_UPLOAD_DIR", "control")
  refused({ FTP_PASS = "a\r\nDELE b" }, "FTP_PASS", "control")
  local _, problems = load({ FTP_USER = "" })
  lu.assertFalse(find(problems, "FTP_USER").fatal)
end

function T:test_the_target_of_an_upload_url()
  local cfg, problems = load({ UPLOAD_URL = "ftps://u%40x:p%3Aw@up.example.com/%2Fwww/a%20b" })
  lu.assertEquals(problems, {})
  local target = config.target(cfg)
  lu.assertEquals(target.scheme, "ftps")
  lu.assertEquals(target.port, 990)
  lu.assertEquals(target.user, "u@x")
  lu.assertEquals(target.password, "p:w")
  lu.assertEquals(target.folder, "/www/a b")
  lu.assertTrue(target.absolute)
  lu.assertEquals(cfg.PUBLIC_BASE_URL, "https://up.example.com/www/a%20b")
  lu.assertFalse(config.target(load({ UPLOAD_URL = "ftp://h/www" })).absolute)
  lu.assertTrue(config.target(load({ UPLOAD_URL = "sftp://h/www" })).absolute)
  target = config.target(load({ UPLOAD_URL = "sftp://h/~/www" }))
  lu.assertFalse(target.absolute)
  lu.assertEquals(target.folder, "www")
  lu.assertEquals(target.user, "me")
end

function T:test_a_folder_as_target()
  local cfg, problems = load({ UPLOAD_URL = "file:///srv/pub", PUBLIC_BASE_URL = "http://h" })
  lu.assertEquals(problems, {})
  lu.assertEquals(config.target(cfg).folder, "/srv/pub")
  refused({ UPLOAD_URL = "file:///srv/pub" }, "PUBLIC_BASE_URL")
  refused({ UPLOAD_URL = "file://srv/pub" }, "UPLOAD_URL")
end

function T:test_upload_urls_that_cannot_be_used()
  refused({ UPLOAD_URL = "s3://bucket/x" }, "UPLOAD_URL", "not there yet")
  refused({ UPLOAD_URL = "http://h/x" }, "UPLOAD_URL", "ftp://")
  local cfg, problem = refused({ UPLOAD_URL = "ftp://u:se/same@h/x" }, "UPLOAD_URL")
  lu.assertNotStrContains(problem.message, "same")
  lu.assertNil(cfg.UPLOAD_URL)
end

return T
