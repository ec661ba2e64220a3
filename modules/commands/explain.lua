-- commands/explain.lua - why a file is treated as it is, as lines for a person or as JSON.
local apps = require "app"
local explain = require "explain"
local json = require "json"
local session = require "session"

local MARKS = { yes = "✅", no = "❌", none = "ℹ️" }

local function line(indent, label, value)
  if value == nil or value == json.null then return end
  print(("%s%s: %s"):format((" "):rep(indent), label, tostring(value)))
end

-- The fields of a plain table on one line, by name.
local function fields(values)
  local parts = {}
  for key, value in pairs(values) do
    if value ~= json.null then
      local text = type(value) == "table" and json.encode(value) or tostring(value)
      parts[#parts + 1] = key .. "=" .. text
    end
  end
  table.sort(parts)
  return table.concat(parts, "  ")
end

local function show_memory(t, item)
  print(t("explain.item", { workflow = item.workflow, state = item.state,
    failures = item.failures, time = item.updated }))
  if item.wait_until ~= json.null then line(2, t("explain.label.wait"), item.wait_until) end
  for _, step in ipairs(item.steps) do
    line(2, t("explain.label.step", { name = step.name, time = step.finished }),
      fields(step.result))
  end
  for step, note in pairs(item.notes) do
    line(2, t("explain.label.note", { name = step }), fields(note))
  end
  if item.post ~= json.null then line(2, t("explain.label.post"), fields(item.post)) end
  if item.error ~= json.null then
    line(2, t("explain.label.error"), item.error.message)
    line(2, t("explain.label.action"), item.error.next_action)
  end
end

local function show(t, object)
  print(object.path)
  if next(object.facts) then line(0, t("explain.label.facts"), fields(object.facts)) end
  for _, rule in ipairs(object.rules) do
    print(("%s %s: %s"):format(MARKS[rule.verdict], t("explain.rule." .. rule.rule), rule.detail))
  end
  if object.caption ~= json.null then
    print(t("explain.label.caption") .. ":")
    print("  " .. object.caption.text:gsub("\n", "\n  "))
  end
  if object.target ~= json.null then line(0, t("explain.label.target"), fields(object.target)) end
  for _, path in ipairs(object.scripts) do line(0, t("explain.label.script"), path) end
  for _, item in ipairs(object.journal) do show_memory(t, item) end
  line(0, t("explain.label.next"), object.next.reason)
end

return function(app, options)
  if session.refuse(app, "explain", options) then return 2 end
  local flow, err = apps.load(app, "poster_media")
  if not flow then
    return session.give_up(options, err, app)
  end
  if not (flow.folder or app.cfg.AUTO_DOWNLOAD_DIR) then
    session.refuse(app, "run", options)
    return 2
  end
  local _, look_err = apps.look(app)
  local object, problem
  if look_err then problem = look_err else object, problem = explain.of(app, flow, options.file) end
  if not object then
    return session.give_up(options, problem, app)
  end
  if options.json then
    io.stdout:write(json.encode(object, { order = explain.ORDER, indent = 2 }), "\n")
  else
    show(app.t, object)
  end
  return 0
end
