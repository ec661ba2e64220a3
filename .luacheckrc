-- What `make check` accepts in Lua: plain Lua 5.4, and the one global of the program.
std = "lua54"
max_line_length = 100
read_globals = { "host" }
-- A method that has no use for `self`, and what a callback is given but does not need.
self = false
unused_args = false

-- The reference of the primitives defines what it describes; an annotation cannot be folded.
files["modules/host.lua"] = { globals = { "host" }, max_line_length = false, ignore = { "241" } }

-- What a script is given besides (contract, section 4).
local script = { read_globals = { "host", "env", "workflow", "title", "words", "capitalise", "hashtags",
  "date" } }
files["scripts/"] = script
files["examples/"] = script
