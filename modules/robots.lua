-- robots.lua - whether a site's robots.txt lets a robot fetch a path (RFC 9309).
local M = {}

-- The same path may be written with and without escapes: both sides are brought to one form, in
-- which only what has to be escaped is.
local function canonical(path)
  path = path:gsub("%%(%x%x)", function(hex)
    local char = string.char(tonumber(hex, 16))
    return char:find("[%w%-%._~]") and char or "%" .. hex:upper()
  end)
  return (path:gsub("[^%w%-%._~:/?#%[%]@!$&'()*+,;=%%]", function(char)
    return ("%%%02X"):format(char:byte())
  end))
end

-- Whether a rule is for the path: "*" is anything, "$" at the end is the end. Between stars the
-- first place will do, so that no rule takes long: as a Lua pattern, twenty stars take for ever.
local function matches(rule, path)
  local anchored = rule:sub(-1) == "$"
  local text = canonical(anchored and rule:sub(1, -2) or rule)
  local first, rest = text:match "^([^*]*)(.*)$"
  local at = #first + 1
  if path:sub(1, #first) ~= first then return false end
  if rest == "" then return not anchored or at > #path end
  local middle, last = rest:match "^(.*%*)([^*]*)$"
  for part in middle:gmatch "[^*]+" do
    local _, stop = path:find(part, at, true)
    if not stop then return false end
    at = stop + 1
  end
  if not anchored then return path:find(last, at, true) ~= nil end
  local tail = #path - #last + 1
  return tail >= at and path:sub(tail) == last
end

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("^\xEF\xBB\xBF", "") .. "\n"):gmatch("(.-)\r?[\n\r]") do
    local key, value = line:gsub("#.*", ""):match("^%s*([%w-]+)%s*:%s*(.-)%s*$")
    if key then lines[#lines + 1] = { key = key:lower(), value = value } end
  end
  return lines
end

-- Groups: agents named in a row, and the rules that follow. Rules before any agent are nobody's.
local function groups_of(text)
  local groups, current = {}, nil
  for _, line in ipairs(lines_of(text)) do
    if line.key == "user-agent" then
      if not current or #current.rules > 0 then
        current = { agents = {}, rules = {} }
        groups[#groups + 1] = current
      end
      -- A version behind the name means nothing.
      local name = line.value:lower()
      current.agents[name:match("^[%a_-]+") or name] = true
    elseif current and (line.key == "allow" or line.key == "disallow") then
      current.rules[#current.rules + 1] = { allow = line.key == "allow", path = line.value }
    end
  end
  return groups
end

-- All groups of the agent count as one; those for "*" only when it has none of its own.
local function rules_for(groups, agent)
  local rules = {}
  for _, wanted in ipairs { agent:lower(), "*" } do
    local named = false
    for _, group in ipairs(groups) do
      if group.agents[wanted] then
        named = true
        table.move(group.rules, 1, #group.rules, #rules + 1, rules)
      end
    end
    if named then break end
  end
  return rules
end

---The longest rule that matches decides; of two equally long ones the permission.
---@param text string the robots.txt
---@param agent string product name, such as "facebookexternalhit"
---@param path string of the URL, with its query
---@return boolean allowed, string? rule the path of the rule that forbids
function M.allows(text, agent, path)
  path = canonical(path)
  local best = { allow = true, path = "" }
  for _, rule in ipairs(rules_for(groups_of(text), agent)) do
    local longer = #rule.path > #best.path or #rule.path == #best.path and rule.allow
    if rule.path ~= "" and longer and matches(rule.path, path) then best = rule end
  end
  return best.allow, not best.allow and best.path or nil
end

return M
