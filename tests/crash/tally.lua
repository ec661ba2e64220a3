-- tally.lua - a campaign as a table: on the screen, and as docs/reliability.md.
local M = {}

local COLUMNS = { "finished", "unharmed", "held", "not reached" }

local function row_of(rows, order, call, what)
  local key = call .. " " .. what
  if not rows[key] then
    rows[key] = { call = call, what = what, points = 0, fired = 0, wrong = 0, roles = {} }
    for _, name in ipairs(COLUMNS) do rows[key][name] = 0 end
    order[#order + 1] = key
  end
  return rows[key]
end

local function what_of(how)
  if how.lost then return "kill, journal lost" end
  if not how.error then return how.again and "kill, twice" or "kill" end
  return how.error .. (how.forever and ", from then on" or ", once")
end

local function roles_of(row)
  local names = {}
  for name in pairs(row.roles) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

---Rows by call and by what was done to it, kills first.
---@param outcomes Outcome[]
function M.rows(outcomes)
  local rows, order = {}, {}
  for _, outcome in ipairs(outcomes) do
    local row = row_of(rows, order, outcome.point.call, what_of(outcome.how))
    row.points = row.points + 1
    row.fired = row.fired + (outcome.fired and 1 or 0)
    row.wrong = row.wrong + (#outcome.wrong > 0 and 1 or 0)
    row[outcome.outcome] = row[outcome.outcome] + 1
    row.roles[outcome.point.role] = true
  end
  table.sort(order, function(a, b)
    local kill_a = rows[a].what:find("^kill") ~= nil
    local kill_b = rows[b].what:find("^kill") ~= nil
    if kill_a ~= kill_b then return kill_a end
    return a < b
  end)
  local list = {}
  for i, key in ipairs(order) do list[i] = rows[key] end
  return list
end

local function total_of(rows)
  local total = { call = "all", what = "", points = 0, fired = 0, wrong = 0, roles = {} }
  for _, name in ipairs(COLUMNS) do total[name] = 0 end
  for _, row in ipairs(rows) do
    for key, value in pairs(row) do
      if type(value) == "number" then total[key] = total[key] + value end
    end
  end
  return total
end

local HEAD = { "call", "thread", "done to it", "points", "fired", "finished", "unharmed", "held",
  "not reached", "wrong" }

local function cells_of(row)
  return { row.call, roles_of(row), row.what, row.points, row.fired, row.finished, row.unharmed,
    row.held, row["not reached"], row.wrong }
end

local function line(cells)
  return "| " .. table.concat(cells, " | ") .. " |"
end

---The table in Markdown; every row, and their sum.
---@param campaign Campaign
---@return string
function M.markdown(campaign)
  local rows = M.rows(campaign.outcomes)
  local lines = { line(HEAD), ("|---"):rep(#HEAD) .. "|" }
  for _, row in ipairs(rows) do lines[#lines + 1] = line(cells_of(row)) end
  lines[#lines + 1] = line(cells_of(total_of(rows)))
  return table.concat(lines, "\n")
end

---One sentence: points, runs, and what did not hold.
---@param campaign Campaign
function M.summary(campaign)
  local total = total_of(M.rows(campaign.outcomes))
  return ("%d points, %d struck, %d runs of the program in %.0f s: %d finished by themselves, "
    .. "%d unharmed, %d held for a person, %d wrong"):format(total.points, total.fired,
    campaign.runs, campaign.seconds, total.finished, total.unharmed, total.held, campaign.wrong)
end

return M
