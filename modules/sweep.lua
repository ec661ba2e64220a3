-- sweep.lua - what a killed run left under way is removed when the next one starts: temporaries of
-- the primitives, intermediate files that no unfinished item needs, notes of posts that are done.
local errors = require "errors"
local i18n = require "i18n"
local items = require "item"
local underway = require "underway"

local M = {}

local TEMPORARY = "^%.affiche%-" .. ("%x"):rep(16) .. "%.part$"
local WORK = "^" .. ("%x"):rep(24) .. "$"

local function remove(path, options)
  local removed, err = host.remove(path, options)
  if removed then
    host.log("debug", i18n.t("log.swept", { path = path }))
  else
    host.log("warn", errors.text(err))
  end
end

-- A temporary is locked for as long as the process that writes it lives: one that can be locked is
-- nobody's any more, also where several write to the same folder.
local function sweep_temporaries(folder)
  for _, name in ipairs(host.list(folder) or {}) do
    local path = folder .. "/" .. name
    local lock <close> = name:find(TEMPORARY) and host.lock(path) or nil
    if lock then remove(path) end
  end
end

-- An item is in the journal before it has its first intermediate file, so this holds for the items
-- of another run as well.
local function sweep_work(app)
  local names = {}
  for _, name in ipairs(host.list(app.work_folder) or {}) do
    if name:find(WORK) then names[#names + 1] = name end
  end
  if #names == 0 then return end
  local needed = {}
  for _, row in ipairs(app.journal:all_unfinished()) do
    needed[items.work_name(row.workflow, row.account, row.sha256)] = true
  end
  for _, name in ipairs(names) do
    if not needed[name] then remove(app.work_folder .. "/" .. name, { recursive = true }) end
  end
end

---Called at the start of a run that has the media folder to itself.
---@param app table
---@param source string the media folder
function M.run(app, source)
  local folders = { source, source .. "/.receipts", source .. "/processed",
    source .. "/processed/.receipts", source .. "/failed" }
  if app.target and app.target.scheme == "file" then folders[#folders + 1] = app.target.folder end
  for _, folder in ipairs(folders) do sweep_temporaries(folder) end
  sweep_work(app)
  underway.sweep(app.journal, source)
end

return M
