local dotenv = require "config.dotenv"
local lu = require "luaunit"

local T = {}

local function one(line)
  local values, problem = dotenv.parse(line)
  return values and values.K, problem and problem.problem
end

function T:test_plain_values()
  lu.assertEquals(one("K=value"), "value")
  lu.assertEquals(one("export K=value"), "value")
  lu.assertEquals(one("  K = a b  "), "a b")
  lu.assertEquals(one("K="), "")
  lu.assertEquals(one("K=a=b"), "a=b")
  lu.assertEquals(one("K=it's"), "it's")
  lu.assertEquals(one("K=a\\nb"), "a\\nb")
  lu.assertEquals(one("K=$HOME"), "$HOME")
end

function T:test_comments()
  lu.assertEquals(one("K=a # b"), "a")
  lu.assertEquals(one("K=a # b # c"), "a")
  lu.assertEquals(one("K=p#ss"), "p#ss")
  lu.assertEquals(one("K=#fff"), "#fff")
  lu.assertEquals(one("K= # nothing"), "")
  lu.assertEquals(one("K='a # b' # c"), "a # b")
  lu.assertEquals(one('K="a # b"# c'), "a # b")
  lu.assertEquals(dotenv.parse("# K=1\n\n   # x\n"), {})
end

function T:test_quotes()
  lu.assertEquals(one([[K='a "b" \n $x']]), [[a "b" \n $x]])
  lu.assertEquals(one([[K="a\nb\"c\\d\$e"]]), 'a\nb"c\\d$e')
  lu.assertEquals(one([[K="C:\Users\me"]]), [[C:\Users\me]])
  lu.assertEquals(one([[K="\\n"]]), "\\n")
  lu.assertEquals(one("K=''"), "")
  lu.assertEquals(one("K=  ' a '  "), " a ")
end

function T:test_files_of_other_systems()
  local values = dotenv.parse("\xEF\xBB\xBFA=1\r\nB='2'\r\nC=3")
  lu.assertEquals(values, { A = "1", B = "2", C = "3" })
end

function T:test_the_last_of_two_counts_and_is_told()
  local values, duplicates = dotenv.parse("A=1\nB=2\nA=3")
  lu.assertEquals(values.A, "3")
  lu.assertEquals(duplicates, { { key = "A", line = 3 } })
end

function T:test_malformed_lines_are_named()
  local cases = {
    ["K"] = "dotenv.no_equals", ["export K"] = "dotenv.no_equals", ["=x"] = "dotenv.name",
    ["1K=x"] = "dotenv.name", ["my key=x"] = "dotenv.name", ["K-L=x"] = "dotenv.name",
    ["K='a"] = "dotenv.unclosed", ['K="a'] = "dotenv.unclosed", ['K="a\\"'] = "dotenv.unclosed",
    ["K='a' b"] = "dotenv.after_quote", ['K="a"b'] = "dotenv.after_quote", ["K=\0"] = "dotenv.nul",
  }
  for line, problem in pairs(cases) do
    local values, _, malformed = dotenv.parse("A=1\n\n" .. line .. "\nB=2\n")
    lu.assertEquals(malformed, { { problem = problem, line = 3 } }, line)
    lu.assertEquals(values, { A = "1", B = "2" }, line)
  end
end

return T
