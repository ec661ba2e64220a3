-- docs.lua - makes build/docs/primitives.md from modules/host.lua, the single source of the manual.
-- Run by `make docs`: affiche console docs.lua SOURCE TARGET.

local function section_title(line)
  return line:match "^%-%- (.-) %-%-%-%-+$"
end

-- One annotation line of a function or class, as Markdown; nil for what readers need not see.
local function annotation(text)
  local name, rest = text:match "^@param%s+(%S+)%s+(.*)$"
  if name then return ("- `%s`: %s"):format(name, rest:gsub("^(%b{})", "`%1`")) end
  name, rest = text:match "^@field%s+(%S+)%s+(.*)$"
  if name then return ("- `%s`: %s"):format(name, rest) end
  rest = text:match "^@return%s+(.*)$"
  if rest then return "- returns `" .. rest .. "`" end
  if text:find "^@" then return nil end
  return (text:gsub("^%s+", ""))
end

-- Prose first, then the list; a heading in front.
local function entry(heading, comments)
  local prose, list = {}, {}
  for _, text in ipairs(comments) do
    local line = annotation(text)
    if line and line:find "^%- " then
      list[#list + 1] = line
    elseif line and #list > 0 then
      list[#list] = list[#list] .. " " .. line
    elseif line then
      prose[#prose + 1] = line
    end
  end
  local parts = { heading, table.concat(prose, "\n") }
  if list[1] then parts[#parts + 1] = table.concat(list, "\n") end
  return table.concat(parts, "\n\n"):gsub("\n\n\n+", "\n\n")
end

local function convert(source)
  local out = { "# The primitives\n\nMade by `make docs` from `modules/host.lua`; edit that file." }
  local comments = {}
  for line in source:gmatch "([^\n]*)\n" do
    local comment = line:match "^%-%-%-(.*)$" or (comments[1] and line:match "^%-%-( .*)$")
    local class = line:match "^%-%-%-@class%s+(%S+)"
    local call = line:match "^function%s+([%w_.:]+%(.*%))"
    if section_title(line) then
      out[#out + 1] = "## " .. section_title(line)
      comments = {}
    elseif class and class ~= "host" then
      comments = { "@class " .. class }
    elseif comment then
      comments[#comments + 1] = comment
    elseif call then
      out[#out + 1] = entry("### `" .. call .. "`", comments)
      comments = {}
    else
      local named = comments[1] and comments[1]:match "^@class (%S+)"
      if named and #comments > 1 then out[#out + 1] = entry("### " .. named, comments) end
      comments = {}
    end
  end
  return table.concat(out, "\n\n") .. "\n"
end

return function(args)
  local file = assert(io.open(args[1]))
  local text = convert(file:read "a")
  file:close()
  file = assert(io.open(args[2], "w"))
  file:write(text)
  file:close()
  return 0
end
