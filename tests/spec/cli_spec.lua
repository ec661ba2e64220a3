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
