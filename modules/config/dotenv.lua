-- config/dotenv.lua - the syntax of `.env`: KEY=value lines, as contract and shells write them.
-- Knows nothing of what the keys mean. No message ever holds a value, since it may be a secret.
local M = {}

local ESCAPES = { n = "\n", ['"'] = '"', ["\\"] = "\\", ["$"] = "$" }

-- After a closing quote: nothing, or a comment.
local function tail_is_empty(tail)
  return tail:find("^%s*$") ~= nil or tail:find("^%s*#") ~= nil
end

local function single_quoted(text)
  local value, tail = text:match("^'([^']*)'(.*)$")
  if not value then return nil, "dotenv.unclosed" end
  if not tail_is_empty(tail) then return nil, "dotenv.after_quote" end
  return value
end

-- Only \n \" \\ \$ are escapes; any other backslash stays, so that "C:\Users" survives.
local function double_quoted(text)
  local parts, at = {}, 2
  while true do
    local found = text:find('["\\]', at)
    if not found then return nil, "dotenv.unclosed" end
    parts[#parts + 1] = text:sub(at, found - 1)
    if text:sub(found, found) == '"' then
      if not tail_is_empty(text:sub(found + 1)) then return nil, "dotenv.after_quote" end
      return table.concat(parts)
    end
    local escaped = ESCAPES[text:sub(found + 1, found + 1)]
    parts[#parts + 1] = escaped or "\\"
    at = found + (escaped and 2 or 1)
  end
end

-- A comment needs a space before it: passwords and colours hold "#" as well.
local function unquoted(text)
  local from = text:find("%s#")
  if from then text = text:sub(1, from - 1) end
  return text:match("^%s*(.*%S)") or ""
end

local function parse_value(text)
  local first = text:match("^%s*(['\"])")
  if first == "'" then return single_quoted(text:match("^%s*(.*)$")) end
  if first == '"' then return double_quoted(text:match("^%s*(.*)$")) end
  return unquoted(text)
end

local function parse_line(line)
  if line:find("\0", 1, true) then return nil, "dotenv.nul" end
  local text = line:gsub("^%s*export%s+", "")
  local key, value = text:match("^%s*([%a_][%w_]*)%s*=(.*)$")
  if not key then
    return nil, text:find("=", 1, true) and "dotenv.name" or "dotenv.no_equals"
  end
  local parsed, problem = parse_value(value)
  if not parsed then return nil, problem end
  return key, parsed
end

---Reads the text of a file. A key that stands twice has its last value. Then a list of these
---doubles, `{ key=, line= }`, and one of the malformed lines, `{ problem=, line= }`, where
---`problem` is a key of the catalogue: they take nothing away from the other lines.
---@param text string
---@return table<string,string> values, table duplicates, table malformed
function M.parse(text)
  local values, duplicates, malformed, number = {}, {}, {}, 0
  text = text:gsub("^\xEF\xBB\xBF", "")
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    if not line:find("^%s*$") and not line:find("^%s*#") then
      local key, value = parse_line(line)
      if not key then
        malformed[#malformed + 1] = { problem = value, line = number }
      else
        if values[key] then duplicates[#duplicates + 1] = { key = key, line = number } end
        values[key] = value
      end
    end
  end
  return values, duplicates, malformed
end

return M
