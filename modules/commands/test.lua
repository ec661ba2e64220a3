-- commands/test.lua - runs Lua specs inside the host.
return function(_, options)
  return require "testing".run(options.files or {})
end
