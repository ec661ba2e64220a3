-- commands/console.lua - Lua with the primitives: line by line, or a file with its arguments.
local errors = require "errors"

local environment = setmetatable({}, { __index = _G })

-- Its result is the exit status; a file may also return a function that takes the arguments.
local function run_file(path, args)
  local chunk, message = loadfile(path, "t", environment)
  if not chunk then
    host.log("error", message)
    return 2
  end
  local result = chunk(table.unpack(args))
  if type(result) == "function" then result = result(args) end
  return math.type(result) == "integer" and result or 0
end

-- An expression shows its values; anything else is run.
local function compile(line)
  return load("return " .. line, "=console", "t", environment)
    or load(line, "=console", "t", environment)
end

local function show(outcome)
  for i = 2, outcome.n do
    io.stdout:write(tostring(outcome[i]), i < outcome.n and "\t" or "\n")
  end
end

local function evaluate(line)
  local chunk = compile(line)
  if not chunk then
    local _, message = load(line, "=console", "t", environment)
    print(message)
    return
  end
  local task <close> = host.spawn(chunk)
  local outcome = table.pack(task:join())
  if outcome[1] then
    show(outcome)
  else
    print(errors.of(outcome[2]).message)
  end
end

return function(_, options)
  local files = options.files or {}
  if files[1] then return run_file(files[1], table.move(files, 2, #files, 1, {})) end
  while true do
    io.stdout:write("> ")
    io.stdout:flush()
    local line = io.stdin:read("l")
    if not line then break end
    evaluate(line)
  end
  io.stdout:write("\n")
  return 0
end
