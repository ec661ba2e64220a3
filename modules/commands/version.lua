-- commands/version.lua - the program's version and those of its libraries.
return function()
  local info = host.info()
  print("affiche " .. info.version)
  local names = {}
  for name in pairs(info.libraries) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do print(("  %s: %s"):format(name, info.libraries[name])) end
  return 0
end
