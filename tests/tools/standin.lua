-- standin.lua - the stand-in for Instagram and the public web server as a process of their own, so
-- that the program under test may be killed without them:
--   affiche console tests/tools/standin.lua FOLDER [public=FOLDER] [SWITCH=VALUE …]
-- Serves FOLDER/public or the folder named, keeps what it fetched in FOLDER/fetched, prints its
-- ports as one line of JSON and writes the same to FOLDER/ports.json. Ends when FOLDER is gone.
--
-- On the port `graph`: the Graph API, /standin/posts, /standin/switches (see modules/standin). On
-- the port `web`: the files, and POST /reset, which forgets all posts and restores the switches.
local json = require "json"
local standin = require "standin"

local ACCOUNT, TOKEN = "17840000000000101", "EAATESTTOKENabcdefgh0123456789"
local TYPES = { jpg = "image/jpeg", mp4 = "video/mp4", mov = "video/quicktime" }
local LOOK_EVERY = 1  -- seconds between two looks whether the folder is still there

-- What is asked for on the command line: numbers and truth values as such.
local function switches_of(args)
  local switches = {}
  for i = 2, #args do
    local name, text = args[i]:match("^([%w_]+)=(.*)$")
    if not name then error("SWITCH=VALUE expected, not " .. args[i], 0) end
    local plain = { ["true"] = true, ["false"] = false }
    local value = plain[text]
    if value == nil then value = tonumber(text) or text end
    switches[name] = value
  end
  return switches
end

return function(args)
  local folder, switches = args[1], switches_of(args)
  local public = switches.public or folder .. "/public"
  switches.public = nil
  assert(host.mkdir(public))
  assert(host.mkdir(folder .. "/fetched"))
  local function start(port)
    return assert(standin.start { account = ACCOUNT, token = TOKEN, folder = folder .. "/fetched",
      port = port, switches = switches })
  end
  local instagram = start(0)

  local function show_file(request)
    local path = public .. request.path
    local stat = host.stat(path)
    if not stat or stat.type ~= "file" then return { status = 404, body = "not found\n" } end
    return { file = path, headers = { ["Content-Type"] = TYPES[path:match("%w+$")] } }
  end

  local web <close> = assert(host.serve({ port = 0 }, function(request)
    if request.method ~= "POST" or request.path ~= "/reset" then return show_file(request) end
    local port = instagram.port
    instagram.stop()
    instagram = start(port)
    return { body = "ok\n" }
  end))

  local ports = json.encode { graph = instagram.port, web = web.port, account = ACCOUNT,
    token = TOKEN }
  print(ports)
  assert(host.write(folder .. "/ports.json", ports .. "\n"))
  while host.stat(folder) do host.sleep(LOOK_EVERY) end
  instagram.stop()
  return 0
end
