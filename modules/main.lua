-- main.lua - the program: what the host runs as its main task. Returns the exit status.
return function(args)
  local file = host.env("AFFICHE_MAIN")
  if file then
    local chunk = assert(loadfile(file))
    return chunk()(args)
  end
  local testing = require "testing"
  if args[1] == "test" then
    return testing.run(table.move(args, 2, #args, 1, {}))
  end
  return 2
end
