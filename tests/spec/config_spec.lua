local config = require "config"
local lu = require "luaunit"

local T = {}

local folder

function T:setUp()
  folder = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
end

function T:tearDown()
  assert(host.remove(folder, { recursive = true }))
end

local BASE = {
  AUTO_DOWNLOAD_DIR = "/in", FTP_HOST = "ftp.example.com", FTP_USER = "me",
  FTP_PASS = "open sesame ", ACCESS_TOKEN = "EAAtoken", IG_USER_ID = "17841400000000000",
  HOME = "/users/me", LANG = "en_GB",
}

-- Settings from the environment alone: BASE, changed; "" takes a key away.
local function load(changes, options)
  local environment = {}
  for name, value in pairs(BASE) do environment[name] = value end
  for name, value in pairs(changes or {}) do environment[name] = value end
  options = options or {}
  options.environment = environment
  options.file = options.file or "/dev/null"
  return config.load(options)
end

local function file(text, mode)
  local path = folder .. "/my.env"
  assert(host.write(path, text, { mode = mode or 384 }))
  return { file = path }
end

local function find(problems, key)
  for _, problem in ipairs(problems) do
    if problem.key == key then return problem end
  end
end

local function refused(changes, key, part)
  local cfg, problems = load(changes)
  lu.assertNotNil(cfg, key)
  local problem = find(problems, key)
  lu.assertNotNil(problem, key)
  lu.assertTrue(problem.fatal, problem.message)
  lu.assertStrContains(problem.message, part or key)
  return cfg, problem
end

function T:test_a_minimal_configuration_and_its_defaults()
  local cfg, problems = load()
  lu.assertEquals(problems, {})
  lu.assertEquals(cfg.FTP_PORT, 21)
  lu.assertEquals(cfg.FTP_UPLOAD_DIR, "/")
  lu.assertEquals(cfg.FTP_TLS, "try")
  lu.assertEquals(cfg.FTP_TLS_MAX, "1.2")
  lu.assertEquals(cfg.FTP_CONNECTIONS, 2)
  lu.assertEquals(cfg.DELETE_AFTER_PUBLISH, false)
  lu.assertEquals(cfg.PUBLIC_BASE_URL, "https://ftp.example.com")
  lu.assertEquals(cfg.GRAPH_API_URL, "https://graph.facebook.com/v26.0")
  lu.assertEquals(cfg.GRAPH_UPLOAD_URL, "https://rupload.facebook.com")
  lu.assertEquals(cfg.AFFICHE_STATE_DIR, "/users/me/.local/state/affiche")
  lu.assertEquals(cfg.AFFICHE_JOURNAL, "sqlite:/users/me/.local/state/affiche/journal.db")
  lu.assertEquals(cfg.AFFICHE_LANG, "en")
  lu.assertEquals(cfg.AFFICHE_CONCURRENCY, 8)
  lu.assertEquals(cfg.ON_UNCERTAIN, "hold")
  lu.assertEquals(cfg.AFFICHE_COOLDOWN, 3600)
  lu.assertEquals(cfg.LOG_LEVEL .. cfg.LOG_FORMAT, "infotext")
  lu.assertEquals(cfg.HOST .. cfg.PORT, "127.0.0.18001")
  lu.assertEquals(cfg.FTP_PASS, "open sesame ")
end

function T:test_the_file_the_environment_and_the_command_line()
  local text = "FTP_PORT=2121\nMY_TAG='#sea'\nLOG_LEVEL=warn\nFTP_TLS=Require\nPORT=9000\n"
  local options = file(text)
  options.overrides = { LOG_LEVEL = "debug" }
  local cfg, problems = load({ PORT = "9001", LOG_LEVEL = "error" }, options)
  lu.assertEquals(problems, {})
  lu.assertEquals(cfg.FTP_PORT, 2121)
  lu.assertEquals(cfg.MY_TAG, "#sea")
  lu.assertEquals(cfg.FTP_TLS, "require")
  lu.assertEquals(cfg.PORT, 9001)
  lu.assertEquals(cfg.LOG_LEVEL, "debug")
  lu.assertNil(cfg.HOME)
end

function T:test_a_malformed_line_names_file_and_line()
  local options = file("A=1\nACCESS_TOKEN='secret-token\n")
  local cfg, problems = load({}, options)
  local problem = find(problems, options.file)
  lu.assertTrue(problem.fatal)
  lu.assertEquals(problem.scope, "program")
  lu.assertStrContains(problem.message, options.file)
  lu.assertStrContains(problem.message, "line 2")
  lu.assertNotStrContains(problem.message, "secret-token")
  -- The other lines hold, the language among them.
  lu.assertEquals(cfg.A, "1")
  options = file("A=1\nACCESS_TOKEN='secret-token\nAFFICHE_LANG=fr\n")
  cfg, problems = load({}, options)
  lu.assertEquals(cfg.AFFICHE_LANG, "fr")
  lu.assertStrContains(find(problems, options.file).message, "ligne 2")
end

function T:test_a_named_file_must_be_there()
  local cfg, err = load({}, { file = folder .. "/missing.env" })
  lu.assertNil(cfg)
  lu.assertEquals(err.kind, "io")
  lu.assertEquals(err.code, "ENOENT")
  cfg, err = load({}, { file = folder })
  lu.assertNil(cfg)
  lu.assertEquals(err.kind, "io")
end

function T:test_rights_of_the_file()
  local _, problems = load({}, file("A=1\n", 420))
  local problem = problems[1]
  lu.assertFalse(problem.fatal)
  lu.assertStrContains(problem.next_action, "chmod 600 " .. folder .. "/my.env")
  local options = file("A=1\n")
  assert(host.exec({ "chmod", "666", options.file })) -- writing it so would be tamed by the umask
  local cfg, err = load({}, options)
  lu.assertNil(cfg)
  lu.assertStrContains(err.next_action, "chmod 600")
end

function T:test_a_key_that_stands_twice_is_a_warning()
  local cfg, problems = load({}, file("FTP_PORT=1\nFTP_PORT=2\n"))
  lu.assertEquals(cfg.FTP_PORT, 2)
  lu.assertFalse(find(problems, "FTP_PORT").fatal)
  lu.assertStrContains(find(problems, "FTP_PORT").message, "line 2")
end

function T:test_missing_and_placeholder_values()
  for _, key in ipairs({ "AUTO_DOWNLOAD_DIR", "ACCESS_TOKEN", "IG_USER_ID", "FTP_HOST" }) do
    local cfg, problem = refused({ [key] = "" }, key, "missing")
    lu.assertIsString(problem.next_action, key)
    lu.assertNil(cfg[key])
  end
  for _, text in ipairs({ "VOTRE_ACCESS_TOKEN_ICI", "VOTRE_VRAI_TOKEN_INSTAGRAM" }) do
    lu.assertNil(refused({ ACCESS_TOKEN = text }, "ACCESS_TOKEN", "missing").ACCESS_TOKEN)
  end
  for _, text in ipairs({ "VOTRE_IG_USER_ID_ICI", "VOTRE_VRAI_USER_ID" }) do
    lu.assertNil(refused({ IG_USER_ID = text }, "IG_USER_ID", "missing").IG_USER_ID)
  end
end

function T:test_numbers_and_choices_are_checked()
  local cases = {
    FTP_PORT = { "0", "65536", "abc", "0x15", "2.5", "-1" }, FTP_CONNECTIONS = { "0" },
    FTP_TLS = { "maybe" }, FTP_TLS_MAX = { "1.1" }, DELETE_AFTER_PUBLISH = { "2" },
    AFFICHE_CONCURRENCY = { "0", "1e3" }, ON_UNCERTAIN = { "guess" }, AFFICHE_COOLDOWN = { "-5" },
    LOG_LEVEL = { "loud" }, LOG_FORMAT = { "xml" }, PORT = { "70000" }, AFFICHE_LANG = { "xx" },
  }
  for key, texts in pairs(cases) do
    for _, text in ipairs(texts) do
      local cfg = refused({ [key] = text }, key)
      lu.assertNotEquals(cfg[key], text)
    end
  end
  lu.assertTrue(load({ DELETE_AFTER_PUBLISH = "1" }).DELETE_AFTER_PUBLISH)
  lu.assertEquals(load({ AFFICHE_COOLDOWN = "1.5" }).AFFICHE_COOLDOWN, 1.5)
end

function T:test_paths()
  refused({ AUTO_DOWNLOAD_DIR = "C:/Media/in" }, "AUTO_DOWNLOAD_DIR", "Windows")
  refused({ AUTO_DOWNLOAD_DIR = "D:\\pictures" }, "AUTO_DOWNLOAD_DIR", "Windows")
  lu.assertEquals(load({ AUTO_DOWNLOAD_DIR = "~/in" }).AUTO_DOWNLOAD_DIR, "/users/me/in")
  -- What is noted of a file must hold wherever the program is started next.
  local here = host.info().cwd
  local cases = { ["in"] = "/in", ["./in/"] = "/in", ["."] = "", ["../in"] = "/../in" }
  for given, meant in pairs(cases) do
    lu.assertEquals(load({ AUTO_DOWNLOAD_DIR = given }).AUTO_DOWNLOAD_DIR, here .. meant)
  end
  lu.assertEquals(load({ XDG_STATE_HOME = "/x" }).AFFICHE_STATE_DIR, "/x/affiche")
  lu.assertEquals(
    load({ XDG_STATE_HOME = "x" }).AFFICHE_STATE_DIR,
    "/users/me/.local/state/affiche"
  )
  refused({ HOME = "" }, "AFFICHE_STATE_DIR", "HOME")
  refused({ FTP_CA_FILE = folder .. "/no.pem" }, "FTP_CA_FILE")
  local options = file("")
  lu.assertEquals(load({ FTP_CA_FILE = options.file }).FTP_CA_FILE, options.file)
  lu.assertEquals(load({ SSL_CERT_FILE = "/a.pem" }).FTP_CA_FILE, "/a.pem")
  lu.assertEquals(load({ SSL_CERT_FILE = "/a.pem", CURL_CA_BUNDLE = "/b.pem" }).CA_FILE, "/b.pem")
end

function T:test_the_journal()
  lu.assertEquals(load({ AFFICHE_JOURNAL = "sqlite:/j.db" }).AFFICHE_JOURNAL, "sqlite:/j.db")
  lu.assertEquals(load({ AFFICHE_JOURNAL = "/j.db" }).AFFICHE_JOURNAL, "sqlite:/j.db")
  lu.assertEquals(load({ AFFICHE_JOURNAL = "sqlite:///j.db" }).AFFICHE_JOURNAL, "sqlite:/j.db")
  refused({ AFFICHE_JOURNAL = "postgresql://h/db" }, "AFFICHE_JOURNAL", "not there yet")
  refused({ AFFICHE_JOURNAL = "mysql://h/db" }, "AFFICHE_JOURNAL", "sqlite")
end

function T:test_the_graph_address_follows_the_token()
  local cfg = load({ ACCESS_TOKEN = "IGAAabc" })
  lu.assertEquals(cfg.GRAPH_API_URL, "https://graph.instagram.com/v26.0")
  cfg = load({ GRAPH_API_URL = "http://127.0.0.1:9/v26.0/" })
  lu.assertEquals(cfg.GRAPH_API_URL, "http://127.0.0.1:9/v26.0")
  local _, problems = load({ GRAPH_API_URL = "http://graph.example.com" })
  lu.assertFalse(find(problems, "GRAPH_API_URL").fatal)
  refused({ GRAPH_API_URL = "graph.facebook.com" }, "GRAPH_API_URL")
  refused({ GRAPH_API_URL = "ftp://graph.facebook.com" }, "GRAPH_API_URL", "https://")
  local broken, problem = refused({ ACCESS_TOKEN = "abc def" }, "ACCESS_TOKEN")
  lu.assertNotStrContains(problem.message, "abc")
  lu.assertNil(broken.ACCESS_TOKEN)
end

function T:test_an_open_server_needs_a_token_and_stops_serve_alone()
  local _, problems = load({ HOST = "0.0.0.0" })
  lu.assertEquals(#config.fatal(problems, "run"), 0)
  lu.assertEquals(config.fatal(problems, "serve")[1].key, "HOST")
  _, problems = load({ HOST = "0.0.0.0", API_TOKEN = "0123456789" })
  lu.assertEquals(problems, {})
  for _, name in ipairs({ "127.0.0.2", "localhost", "::1" }) do
    _, problems = load({ HOST = name })
    lu.assertEquals(problems, {})
  end
end

function T:test_what_stops_which_command()
  local _, problems = load({ ACCESS_TOKEN = "" })
  lu.assertEquals(#config.fatal(problems, "run"), 1)
  lu.assertEquals(#config.fatal(problems, "serve"), 0)
  lu.assertEquals(#config.fatal(problems, "status"), 0)
  _, problems = load({ LOG_LEVEL = "loud" })
  for _, command in ipairs({ "run", "serve", "status", "preview" }) do
    lu.assertEquals(#config.fatal(problems, command), 1)
  end
end

function T:test_scripts_see_no_secret_and_change_nothing()
  local cfg = load({
    APP_SECRET = "app-secret", API_TOKEN = "api-token", UPLOAD_URL = "ftp://u:url-secret@h/x",
  }, file("MY_TAG=sea\n"))
  local env = config.public(cfg)
  local seen = {}
  for name, value in pairs(env) do seen[#seen + 1] = name .. "=" .. tostring(value) end
  local text = table.concat(seen, "\n")
  for _, secret in ipairs({ "EAAtoken", "sesame", "app-secret", "api-token", "url-secret" }) do
    lu.assertNotStrContains(text, secret)
  end
  lu.assertEquals(env.UPLOAD_URL, "ftp://u@h/x")
  lu.assertEquals(env.MY_TAG, "sea")
  lu.assertEquals(env.FTP_PORT, 21)
  lu.assertNil(env.NOT_THERE)
  lu.assertErrorMsgContains("MY_TAG", function() env.MY_TAG = "x" end)
  lu.assertEquals(cfg.ACCESS_TOKEN, "EAAtoken")
end

function T:test_secrets_are_listed_with_what_belongs_to_them()
  local cfg = load({
    UPLOAD_URL = "ftp://u:url-secret@h/x", FTP_PASS = "me", APP_SECRET = "app-secret",
  }, file("SMTP_PASSWORD=mail-secret\nMY_TAG=sea\n"))
  local found = {}
  for _, secret in ipairs(config.secrets(cfg)) do found[secret.value] = secret.options end
  lu.assertEquals(found["EAAtoken"], {})
  lu.assertEquals(found["app-secret"], {})
  lu.assertEquals(found["mail-secret"], {})
  lu.assertEquals(found["url-secret"], { user = "u" })
  lu.assertEquals(found["me"], { user = "me", shown = true })
  lu.assertNil(found["sea"])
end

function T:test_problems_speak_the_language_of_the_settings()
  local _, problems = load({ ACCESS_TOKEN = "" }, file("AFFICHE_LANG=fr\n"))
  lu.assertEquals(find(problems, "ACCESS_TOKEN").message, "ACCESS_TOKEN manque")
end

return T
