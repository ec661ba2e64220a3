-- check.lua - what must hold of a world, whatever was done to the program: each function returns
-- the list of what does not, as sentences.
local M = {}

local function add(list, text, ...)
  list[#list + 1] = text:format(...)
end

-- Ours while under way: `.affiche-<digits>.part`, and `.<name>.<digits>.part` on a server.
local function is_temporary(path)
  local name = path:match("[^/]*$")
  return name:find("^%.affiche%-") ~= nil or name:find("^%..*%.part$") ~= nil
end

local function stem_of(name)
  return name:match("^(.+)%.[^.]*$")
end

-- Where each original lies: paths below the media folder, by name, of files with its content.
local function copies_of(world)
  local copies = {}
  for name in pairs(world.originals) do copies[name] = {} end
  for _, path in ipairs(world:files("in")) do
    local name = path:match("[^/]*$")
    local sha256 = world.originals[name]
    if sha256 and host.hash(world:path("in/" .. path)) == sha256 then
      table.insert(copies[name], path)
    end
  end
  return copies
end

---At any moment, so also right after a kill: no original is lost or altered, and what has a public
---name is whole. The name holds 12 digits of the content's hash.
function M.always(world)
  local wrong = {}
  for name, copies in pairs(copies_of(world)) do
    if #copies == 0 then add(wrong, "%s is lost or altered", name) end
  end
  for _, path in ipairs(world:files("public")) do
    local hash = host.hash(world:path("public/" .. path)) or "unreadable"
    if not is_temporary(path) and not path:find(hash:sub(1, 12), 1, true) then
      add(wrong, "public/%s holds something else than its name says: %s", path, hash)
    end
  end
  return wrong
end

---How many posts there are of each original, by name; the first line of a caption is the stem.
function M.posts(world, seen)
  local by_line, posts = {}, {}
  for _, post in ipairs(seen.posts) do
    local line = post.caption:match("^[^\n]*"):lower()
    by_line[line] = (by_line[line] or 0) + 1
  end
  for name in pairs(world.originals) do posts[name] = by_line[stem_of(name)] or 0 end
  return posts
end

---Files that the last run kept as uncertain, with the reason.
function M.held(object)
  local held = {}
  for _, item in ipairs(object and object.result and object.result.items or {}) do
    local reason = type(item.error) == "table" and item.error.message
    if item.state == "uncertain" and reason and reason ~= "" then held[item.file] = reason end
  end
  return held
end

---Whether nothing is left to be done: each file is archived, or kept with the reason.
function M.is_done(world, run)
  if run.status ~= 0 then return false end
  local held = M.held(run.object)
  for name in pairs(world.originals) do
    if host.stat(world:path("in/" .. name)) and not held[name] then return false end
  end
  return true
end

local function check_file(world, name, posts, held, copies, wrong)
  local here = host.stat(world:path("in/" .. name)) ~= nil
  local wanted = held and 0 or 1
  if posts ~= wanted then add(wrong, "%s has %d posts, not %d", name, posts, wanted) end
  if here and not held then add(wrong, "%s was not archived", name) end
  if #copies ~= 1 then
    add(wrong, "%s lies in %d places: %s", name, #copies, table.concat(copies, ", "))
  end
end

local function check_leftovers(world, held, wrong)
  for _, folder in ipairs { "in", "public", "state" } do
    -- Which hidden names an FTP server was sent is known to the journal alone.
    local known = folder ~= "public" or not (world.forgotten and world.server)
    for _, path in ipairs(world:files(folder)) do
      if is_temporary(path) and known then add(wrong, "left over: %s/%s", folder, path) end
      local work = folder == "state" and path:find("^work/")
      if work and not next(held) then add(wrong, "left over: state/%s", path) end
    end
  end
  for _, path in ipairs(world:files("in")) do
    local name = path:match("[^/]*$")
    local noted = path:find("^%.receipts/") ~= nil and next(held) ~= nil
    if not world.originals[name] and not path:find("/.receipts/", 1, true) and not noted
      and not path:find("^failed/") and not is_temporary(path) then
      add(wrong, "nobody put it there: in/%s", path)
    end
  end
end

-- What the journal itself says: it is whole, and each file is done, or held.
local function check_journal(world, held, wrong)
  local store <close>, err = host.store(world:path("state/journal.db"))
  if not store then
    add(wrong, "the journal cannot be opened: %s", err.message)
    return
  end
  local verdict = assert(store:query("PRAGMA integrity_check"))[1].integrity_check
  if verdict ~= "ok" then add(wrong, "the journal is damaged: %s", verdict) end
  for _, row in ipairs(assert(store:query("SELECT name, state FROM item WHERE done = 0"))) do
    if not held[row.name] then add(wrong, "the journal has %s as %s", row.name, row.state) end
  end
end

-- The request to publish a container reaches the account once, whatever comes back.
local function check_sends(seen, wrong)
  local sends = {}
  for _, call in ipairs(seen.log) do
    local id = call.creation_id
    if id then sends[id] = (sends[id] or 0) + 1 end
  end
  for id, count in pairs(sends) do
    if count > 1 then add(wrong, "container %s was published %d times", id, count) end
  end
end

---Once nothing is left to be done.
function M.finally(world, run)
  local wrong = M.always(world)
  local seen = world:seen()
  local held, posts = M.held(run.object), M.posts(world, seen)
  local copies = copies_of(world)
  for name, count in pairs(posts) do
    check_file(world, name, count, held[name], copies[name], wrong)
  end
  check_leftovers(world, held, wrong)
  check_journal(world, held, wrong)
  check_sends(seen, wrong)
  table.sort(wrong)
  return wrong
end

-- Media folder, public folder and the stand-in's counts, as one text.
local function picture_of(world)
  local seen = world:seen()
  local lines = { seen.containers .. " containers", seen.publishes .. " publishes" }
  for _, folder in ipairs { "in", "public" } do
    for _, path in ipairs(world:files(folder)) do
      local stat = host.stat(world:path(folder .. "/" .. path))
      lines[#lines + 1] = ("%s/%s %d %.6f"):format(folder, path, stat.size, stat.mtime)
    end
  end
  return table.concat(lines, "\n")
end

---One more run finds nothing to do.
function M.rest(world)
  local before = picture_of(world)
  local run = world:run()
  local wrong = {}
  if run.status ~= 0 then add(wrong, "a run with nothing to do ended with %d", run.status) end
  local after = picture_of(world)
  if before ~= after then
    add(wrong, "a run with nothing to do changed something:\n%s\n--\n%s", before, after)
  end
  return wrong
end

return M
