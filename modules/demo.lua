-- demo.lua - the whole main job on sample media against the local stand-in for Instagram: a copy
-- of the samples, a folder that the host itself serves as the upload target, and a page to look at.
local apps = require "app"
local config = require "config"
local i18n = require "i18n"
local report = require "report"
local session = require "session"
local standin = require "standin"
local switches = require "standin.switches"

local M = {}

local ACCOUNT = "17840000000000101"
local TYPES = { jpg = "image/jpeg", mp4 = "video/mp4", mov = "video/quicktime", png = "image/png",
  webp = "image/webp", gif = "image/gif" }

local function copy_samples(target)
  local source = host.info().root .. "/examples/media"
  local names, err = host.list(source)
  if not names then return nil, err end
  for _, name in ipairs(names) do
    if name ~= "README.md" then
      local copied, copy_err = host.copy(source .. "/" .. name, target .. "/" .. name)
      if not copied then return nil, copy_err end
    end
  end
  return true
end

-- The public web server: what lies in the upload folder, and nothing else.
local function serve_folder(folder)
  return host.serve({ port = 0 }, function(request)
    local name = request.path:match("^/([%w._-]+)$")
    local path = name and folder .. "/" .. name
    if not path or not host.stat(path) then return { status = 404, body = "not found\n" } end
    return { file = path, headers = { ["Content-Type"] = TYPES[name:match("%w+$")] } }
  end)
end

local function settings(folder, instagram, web, overrides)
  local values = {
    AUTO_DOWNLOAD_DIR = folder .. "/in", UPLOAD_URL = "file://" .. folder .. "/public",
    PUBLIC_BASE_URL = ("http://127.0.0.1:%d"):format(web.port),
    ACCESS_TOKEN = "demo-" .. host.random(8),
    IG_USER_ID = ACCOUNT, GRAPH_API_URL = instagram and instagram.url,
    AFFICHE_STATE_DIR = folder .. "/state", LOG_LEVEL = "info",
  }
  for key, value in pairs(overrides) do values[key] = value end
  return values
end

-- The feed as a folder that opens without a server.
local function write_page(folder, instagram)
  local page = require "standin.page"
  local html = page.render(instagram.state, function(media)
    local extension = media.kind == "video" and ".mp4" or ".jpg"
    local name = media.id .. extension
    host.copy(media.path, folder .. "/page/" .. name, { replace = true })
    return name
  end)
  return host.write(folder .. "/page/index.html", html)
end

local function make_folders(folder)
  for _, name in ipairs({ "in", "public", "state", "page", "fetched" }) do
    local made, err = host.mkdir(folder .. "/" .. name)
    if not made then return nil, err end
  end
  return true
end

local function open_app(values)
  local cfg, problems = config.load { environment = { HOME = host.env("HOME"),
    LANG = host.env("LANG"), LC_ALL = host.env("LC_ALL"), AFFICHE_LANG = host.env("AFFICHE_LANG") },
    file = "/dev/null", overrides = values }
  if not cfg then return nil, problems end
  i18n.use(cfg.AFFICHE_LANG)
  for _, secret in ipairs(config.secrets(cfg)) do host.secret(secret.value, secret.options) end
  return apps.new { cfg = cfg, problems = problems }
end

---@param options { overrides: table, fault?: string, folder?: string }
---@return table|nil result object, string|Error folder_or_err
function M.run(options)
  local folder = options.folder
    or ("%s/affiche-demo-%s"):format(host.env("TMPDIR") or "/tmp", host.random(4))
  local ready, err = make_folders(folder)
  if ready then ready, err = copy_samples(folder .. "/in") end
  if not ready then return nil, err end
  local web <close>, web_err = serve_folder(folder .. "/public")
  if not web then return nil, web_err end
  local values = settings(folder, nil, web, options.overrides)
  local instagram <close>, standin_err = standin.start { account = ACCOUNT,
    token = values.ACCESS_TOKEN, folder = folder .. "/fetched",
    switches = switches.FAULTS[options.fault] }
  if not instagram then return nil, standin_err end
  values.GRAPH_API_URL = instagram.url
  local app, app_err = open_app(values)
  if not app then return nil, app_err end
  local flow, flow_err = apps.load(app, "poster_media")
  if not flow then return nil, flow_err end
  local object = session.run(app, flow)
  apps.close(app)
  local written, page_err = write_page(folder, instagram)
  if not written then return nil, page_err end
  return object, folder
end

M.encode = report.encode

return M
