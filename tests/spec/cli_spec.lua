local cli = require "cli"
local lu = require "luaunit"

local T = {}

local function parse(line)
  local args = { "--lang", "en" }
  for word in line:gmatch("%S+") do args[#args + 1] = word end
  return cli.parse(args)
end

function T:test_commands_with_their_defaults()
  lu.assertEquals(parse("run").command, "run")
  lu.assertEquals(parse("run").workflow, "poster_media")
  lu.assertEquals(parse("preview story").workflow, "story")
  lu.assertEquals(parse("test").files, {})
  lu.assertEquals(parse("test a b").files, { "a", "b" })
  lu.assertTrue(parse("run --json --dry-run").dry_run)
  lu.assertNil(parse("run").json)
  lu.assertTrue(parse("history --failed --json").failed)
  lu.assertEquals(parse("--version").command, "version")
  for _, name in ipairs({ "status", "serve", "demo", "version" }) do
    lu.assertEquals(parse(name).command, name)
  end
end

function T:test_global_options_stand_before_or_after_the_command()
  local lines = { "--env x.env --log-level debug run", "run --log-level=debug --env x.env" }
  for _, line in ipairs(lines) do
    local options = parse(line)
    lu.assertEquals(options.command, "run")
    lu.assertEquals(options.env, "x.env")
    lu.assertEquals(options.overrides, { AFFICHE_LANG = "en", LOG_LEVEL = "debug" })
  end
  local options = parse("--scripts s --log-format json status")
  lu.assertEquals(options.overrides.AFFICHE_SCRIPTS, "s")
  lu.assertEquals(options.overrides.LOG_FORMAT, "json")
end

function T:test_convert()
  local options = parse("convert a.webp b.jpg --fit crop --quality 80 --max-width 1080")
  lu.assertEquals(options.input, "a.webp")
  lu.assertEquals(options.output, "b.jpg")
  lu.assertEquals(options.fit, "crop")
  lu.assertEquals(math.type(options.quality), "integer")
  lu.assertEquals(options.quality, 80)
  lu.assertEquals(options.max_width, 1080)
end

function T:test_a_wrong_line_is_status_2_and_says_why()
  local cases = {
    [""] = "a command is expected", bogus = "bogus", ["run --bogus"] = "--bogus",
    ["run a b"] = "too many", ["convert a"] = "output", ["convert a b --quality 0"] = "1 to 100",
    ["convert a b --quality 1e1"] = "--quality",
    ["convert a b --fit zip"] = "'pad', 'crop', 'none'",
    ["--env"] = "--env", ["--lang xx run"] = "'fr'", ["help bogus"] = "bogus",
  }
  for line, expected in pairs(cases) do
    local options, status, text = parse(line)
    lu.assertNil(options, line)
    lu.assertEquals(status, 2, line)
    lu.assertStrContains(text, expected)
    lu.assertStrContains(text, "affiche help")
  end
  local _, _, text = parse("run --bogus")
  lu.assertStrContains(text, "affiche help run")
end

-- Every command and option that is declared, in words that stand for it.
local function lines()
  local declared = require "cli.commands"
  local found = { "--version", "run --json --json", "run --bogus", "convert a", "retry -- -x",
    "--env= status", "settle a --live", "settle a --live 17", "convert a b --quality=101",
    "convert --fit=crop a b", "convert a --quality 7 b", "status status", "new step", "new odd x",
    "run --env", "run -h", "--json run", "--lang fr --env x --scripts y status --json", "run ''" }
  local common = {}
  for _, item in ipairs(declared.global) do
    common[#common + 1] = item.option .. " " .. (item.choices and item.choices[1] or "word")
  end
  for _, entry in ipairs(declared.commands) do
    local line = entry.name
    for _, item in ipairs(entry) do
      local word = item.choices and item.choices[1] or item.low and tostring(item.low) or "word"
      line = line .. " " .. (item.argument and word or item.flag or item.option .. " " .. word)
      found[#found + 1] = line
    end
    found[#found + 1] = entry.name
    for _, option in ipairs(common) do
      found[#found + 1] = line .. " " .. option
      found[#found + 1] = option:gsub(" ", "=") .. " " .. line
    end
  end
  return found
end

function T:test_both_ways_of_reading_agree()
  local read = 0
  for _, line in ipairs(lines()) do
    local args = {}
    for word in line:gmatch("%S+") do args[#args + 1] = word end
    local quick = table.pack(cli.parse(args))
    lu.assertEquals(quick, table.pack(cli.parse(args, true)), line)
    read = read + (quick[1] and 1 or 0)
  end
  lu.assertTrue(read > 50, read)
end

-- What is never read slowly must not load what is slow.
function T:test_a_usual_line_needs_no_argparse()
  local before = package.loaded["cli.usage"]
  package.loaded["cli.usage"] = { parse = function() error "asked" end }
  local ok, err = pcall(function()
    for _, line in ipairs({ "version", "run", "run story --json", "serve --log-level debug",
      "convert a b --fit crop --quality 80", "test a b", "history --failed" }) do
      lu.assertNotNil(parse(line), line)
    end
  end)
  package.loaded["cli.usage"] = before
  lu.assertTrue(ok, err)
end

function T:test_help_is_an_answer_not_an_exit()
  for _, line in ipairs({ "help", "-h", "--help" }) do
    local options, status, text = parse(line)
    lu.assertNil(options)
    lu.assertEquals(status, 0)
    for _, name in ipairs({ "run", "preview", "serve", "convert", "--log%-level" }) do
      lu.assertNotNil(text:find(name), name)
    end
  end
  for _, line in ipairs({ "help run", "run --help", "run -h --json" }) do
    local _, status, text = parse(line)
    lu.assertEquals(status, 0)
    lu.assertStrContains(text, "--dry-run")
  end
end

function T:test_help_speaks_the_language_asked_for()
  local _, _, text = cli.parse({ "--lang=fr", "help" })
  lu.assertStrContains(text, "un passage sur le dossier")
  _, _, text = cli.parse({ "help", "--lang", "en" })
  lu.assertStrContains(text, "one pass over the folder")
end

return T
