-- random_spec.lua - host.random
local lu = require "luaunit"

local T = {}

function T.test_hex_of_the_length_asked_for()
  for _, count in ipairs { 1, 8, 64 } do
    lu.assertStrMatches(host.random(count), ("%x"):rep(count * 2))
  end
end

function T.test_never_twice()
  local seen = {}
  for _ = 1, 1000 do
    local value = host.random(8)
    lu.assertNil(seen[value])
    seen[value] = true
  end
end

function T.test_arguments()
  lu.assertErrorMsgContains("number expected", host.random)
  lu.assertErrorMsgContains("1 to 64", host.random, 0)
  lu.assertErrorMsgContains("1 to 64", host.random, 65)
end

return T
