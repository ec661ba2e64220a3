-- cli/commands.lua - the command line as tables: the options of the whole program, and each command
-- with its arguments (`argument`), flags (`flag`) and options with a value (`option`).
local i18n = require "i18n"

local M = {}

local JSON = { flag = "--json", about = "cli.json" }
local WORKFLOW = { argument = "workflow", about = "cli.workflow", default = "poster_media" }

-- Options of the whole program, before or after the command; `setting` is what they override.
M.global = {
  { option = "--env", name = "FILE", about = "cli.env" },
  { option = "--scripts", name = "DIR", about = "cli.scripts", setting = "AFFICHE_SCRIPTS" },
  { option = "--lang", name = "LANG", about = "cli.lang", setting = "AFFICHE_LANG",
    choices = i18n.languages },
  { option = "--log-level", name = "LEVEL", about = "cli.log_level", setting = "LOG_LEVEL",
    choices = { "debug", "info", "warn", "error" } },
  { option = "--log-format", name = "FORMAT", about = "cli.log_format", setting = "LOG_FORMAT",
    choices = { "text", "json" } },
}

-- A command is declared here once it works, not before.
M.commands = {
  { name = "run", WORKFLOW, JSON, { flag = "--dry-run", about = "cli.dry_run" } },
  { name = "preview", WORKFLOW, JSON },
  { name = "status", JSON },
  { name = "serve" },
  { name = "doctor" },
  { name = "explain", { argument = "file", about = "cli.file" }, JSON },
  { name = "convert",
    { argument = "input", about = "cli.input" },
    { argument = "output", about = "cli.output" },
    { option = "--fit", name = "FIT", about = "cli.fit",
      choices = { "pad", "crop", "none", "story" } },
    { option = "--quality", name = "N", about = "cli.quality", low = 1, high = 100 },
    { option = "--max-width", name = "N", about = "cli.max_width", low = 1, high = 65500 } },
  { name = "console", { argument = "files", about = "cli.console_files", many = true } },
  { name = "demo", JSON, { option = "--fault", name = "NAME", about = "cli.fault" } },
  { name = "test", { argument = "files", about = "cli.files", many = true } },
  { name = "history", JSON, { flag = "--failed", about = "cli.failed" },
    { flag = "--rebuild", about = "cli.rebuild" } },
  { name = "retry", { argument = "files", about = "cli.retry_files", many = true }, JSON },
  { name = "settle",
    { argument = "file", about = "cli.file", optional = true },
    { option = "--live", name = "MEDIA_ID", about = "cli.live", optional = true },
    { flag = "--again", about = "cli.again" } },
  { name = "new",
    { argument = "kind", about = "cli.kind", choices = { "step", "workflow" } },
    { argument = "name", about = "cli.new_name" } },
  { name = "version" },
  { name = "help", { argument = "topic", about = "cli.topic", optional = true } },
}

---Options are kept under their long name with "_": --dry-run is dry_run.
---@param item table
---@return string
function M.key_of(item)
  if item.argument then return item.argument end
  return (item.option or item.flag):gsub("^%-+", ""):gsub("%-", "_")
end

---The whole number that an option with `low` and `high` takes, or nil.
---@param item table
---@param text string
---@return integer|nil
function M.number(item, text)
  local value = text:find("^%d+$") and #text <= 9 and math.tointeger(tonumber(text))
  return value and value >= item.low and value <= item.high and value or nil
end

return M
