-- app.lua - one opened configuration: settings, scripts, journal, account, target. What a command
-- needs is opened here, in the order in which a mistake is cheapest: nothing outside is touched
-- before every script has been compiled.
local config = require "config"
local graph = require "graph"
local guardian = require "guardian"
local i18n = require "i18n"
local journal = require "journal"
local policy = require "policy"
local receipt = require "receipt"
local script = require "script"
local uploader = require "uploader"
local workflow = require "workflow"
local folder = require "folder"

local M = {}

-- Settings that change nothing about what a step makes.
local WITHOUT_EFFECT = { ACCESS_TOKEN = true, API_TOKEN = true, APP_SECRET = true,
  APP_ID = true, HOST = true, PORT = true, LOG_LEVEL = true, LOG_FORMAT = true,
  LOG_FILE = true, AFFICHE_LANG = true, AFFICHE_CONCURRENCY = true, FTP_PASS = true,
  FTP_CONNECTIONS = true, AFFICHE_COOLDOWN = true, ON_UNCERTAIN = true,
  AFFICHE_JOURNAL = true, AFFICHE_STATE_DIR = true }

-- What finished steps were made with: when it changes, those of unsent items run again.
local function settings_fingerprint(cfg)
  local parts = {}
  for name, value in pairs(cfg) do
    if not WITHOUT_EFFECT[name] then parts[#parts + 1] = name .. "=" .. tostring(value) end
  end
  table.sort(parts)
  return host.digest(table.concat(parts, "\0"))
end

---Settings and scripts, without touching journal, network or media folder.
---@param options { cfg: table, problems: table[] }
---@return table|nil app, Error?
function M.new(options)
  local cfg = options.cfg
  local loader, err = script.open(cfg, config.public(cfg), workflow.define)
  if not loader then return nil, err end
  local app = { cfg = cfg, problems = options.problems, policy = {}, loader = loader }
  app.t = i18n.get(cfg.AFFICHE_LANG)
  app.target = config.target(cfg)
  app.server_label = app.target and app.target.label or ""
  return app
end

---Loads the rules and one workflow. Nil and an Error of kind "script" names file and line.
function M.load(app, name)
  local ok, flow_or_err = pcall(function()
    app.policy = policy.load(app.loader)
    return workflow.load(app.loader, name)
  end)
  if not ok then return nil, flow_or_err end
  app.extensions = folder.extensions(app.policy.formats)
  flow_or_err.fingerprint = host.digest(app.loader:fingerprint() .. settings_fingerprint(app.cfg))
  return flow_or_err
end

local function graph_of(app)
  local cfg = app.cfg
  return graph.new { url = cfg.GRAPH_API_URL, account = cfg.IG_USER_ID or "",
    token = cfg.ACCESS_TOKEN or "", app_secret = cfg.APP_SECRET, ca_file = cfg.CA_FILE,
    on_headers = function(headers)
      if app.guardian then app.guardian:observe(headers) end
    end }
end

---Opens the journal and what depends on it.
---@return true|nil, Error?
function M.connect(app)
  local cfg = app.cfg
  if app.journal then return true end
  local opened, err = journal.open((cfg.AFFICHE_JOURNAL:gsub("^sqlite:", "")))
  if not opened then return nil, err end
  app.journal = opened
  if cfg.AUTO_DOWNLOAD_DIR then M.learn(app, cfg.AUTO_DOWNLOAD_DIR) end
  app.work_folder = cfg.AFFICHE_STATE_DIR .. "/work"
  local made, made_err = host.mkdir(app.work_folder, { mode = tonumber("700", 8) })
  if not made then return nil, made_err end
  app.guardian = guardian.new { journal = app.journal, account = cfg.IG_USER_ID or "",
    cooldown = cfg.AFFICHE_COOLDOWN, pacing = app.policy.pacing or {} }
  app.graph = graph_of(app)
  app.uploader = app.target and uploader.new { target = app.target, base = cfg.PUBLIC_BASE_URL,
    cfg = cfg, journal = app.journal }
  return true
end

local RECEIPTS = "receipts"  -- the facts: folders of which the journal has read them

---Fills the journal from the receipts of a media folder, once, aloud when there are any.
---@param source string
---@return { restored: integer, damaged: integer }
function M.rebuild(app, source)
  app.rebuilt = app.rebuilt or {}
  if app.rebuilt[source] then return app.rebuilt[source] end
  local counts = receipt.rebuild(app.journal, source)
  app.rebuilt[source] = counts
  if counts.restored + counts.damaged > 0 then
    host.log("warn", i18n.t("journal.rebuilt", counts))
  end
  app.journal:set_fact(RECEIPTS, source, "1")
  return counts
end

---The same, if this journal has never read them: a new one, in place of one that was lost.
function M.learn(app, source)
  if not app.journal:fact(RECEIPTS, source) then M.rebuild(app, source) end
end

---As `connect` when a journal is there already; else nothing is made. For commands that look.
---@return boolean|nil opened, Error?
function M.look(app)
  local path = app.cfg.AFFICHE_JOURNAL and app.cfg.AFFICHE_JOURNAL:gsub("^sqlite:", "")
  if app.journal then return true end
  app.graph = app.graph or graph_of(app)
  if not path or not host.stat(path) then return false end
  -- Only who publishes sets a damaged journal aside and makes it anew.
  local sound, err = host.store(path, { readonly = true })
  if not sound then return nil, err end
  sound:close()
  return M.connect(app)
end

function M.close(app)
  if app.journal then app.journal:close() end
  app.journal = nil
end

return M
