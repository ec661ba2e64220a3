-- One primitive, one C file, one annotation, one spec: what is missing anywhere is named here.
local lu = require "luaunit"

local T = {}
local root = host.info().root

local function read(path)
  local file <close> = assert(io.open(root .. "/" .. path))
  return file:read "a"
end

-- Names in `wanted` that `known` lacks, sorted.
local function missing(wanted, known)
  local names = {}
  for name in pairs(wanted) do
    if not known[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

local function registered()
  local names = {}
  for name in pairs(host) do names[name] = true end
  return names
end

-- Adds what the pattern captures in a file of the checkout.
local function collect(names, path, pattern)
  for name in read(path):gmatch(pattern) do names[name] = true end
  return names
end

local function annotated()
  return collect({}, "modules/host.lua", "\nfunction host%.([%w_]+)%(")
end

local function c_files()
  local names = {}
  for _, file in ipairs(assert(host.list(root .. "/host/prim"))) do
    local name = file:match "^([%w_]+)%.c$"
    if name then names[name] = true end
  end
  return names
end

local function called_in_specs()
  local names = {}
  for _, file in ipairs(assert(host.list(root .. "/tests/spec"))) do
    if file:find "%.lua$" and file ~= "registry_spec.lua" then
      collect(names, "tests/spec/" .. file, "%f[%w_]host%.([%w_]+)")
    end
  end
  return names
end

function T:test_every_primitive_is_a_function()
  lu.assertNotNil(next(host))
  for name, value in pairs(host) do lu.assertIsFunction(value, name) end
end

function T:test_every_primitive_is_annotated()
  lu.assertEquals(missing(registered(), annotated()), {})
end

function T:test_every_annotation_is_registered()
  lu.assertEquals(missing(annotated(), registered()), {})
end

function T:test_one_c_file_each()
  lu.assertEquals(missing(registered(), c_files()), {})
  lu.assertEquals(missing(c_files(), registered()), {})
end

function T:test_every_primitive_is_called_in_a_spec()
  lu.assertEquals(missing(registered(), called_in_specs()), {})
end

function T:test_the_reference_cannot_be_loaded_by_accident()
  -- `require "host"` would replace the real table by the annotations.
  lu.assertEquals(read("modules/host.lua"):sub(1, 14), "---@meta host\n")
end

return T
