-- journal.lua - what has been done, on disk before and after every outside effect.
--
-- item: one content on its way through one workflow to one account. step, note: its results and
-- the durable notes inside a step. post: the claim "published", by account, kind of post and
-- content, whatever the workflow. run: the history. fact: what was learned of servers and accounts.
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local schema = require "schema"

local M = {}
local Journal = {}
Journal.__index = Journal

local function version_of(store)
  local rows, err = store:query("PRAGMA user_version")
  if not rows then return nil, err end
  return rows[1].user_version
end

-- The version that was found, or nil and an Error. Two programs may find the same empty journal:
-- the second one's tables are there already, and that is as good.
local function migrate(store)
  local version, query_err = version_of(store)
  if not version then return nil, query_err end
  if version > #schema then
    return nil, host.error { kind = "format", op = "journal",
      message = ("the journal has schema version %d, this program knows %d: use a newer affiche")
        :format(version, #schema) }
  end
  for target = version + 1, #schema do
    local statements = {}
    for i, sql in ipairs(schema[target]) do statements[i] = { sql } end
    statements[#statements + 1] = { ("PRAGMA user_version = %d"):format(target) }
    local done, err = store:write(statements)
    if not done and (version_of(store) or 0) < target then return nil, err end
  end
  return version
end

-- A damaged journal is kept beside, under a name with the time, for whoever wants to look at it.
local function set_aside(path)
  local label = os.date(".damaged-%Y%m%d-%H%M%S-") .. host.random(2)
  for _, suffix in ipairs({ "", "-wal", "-shm" }) do
    if host.stat(path .. suffix) then
      local moved, err = host.move(path .. suffix, path .. label .. suffix)
      if not moved then return nil, err end
    end
  end
  return path .. label
end

local function open_store(path)
  local store, err = host.store(path)
  if store or err.code ~= "CORRUPT" and err.code ~= "NOTADB" then return store, err end
  local aside, aside_err = set_aside(path)
  if not aside then return nil, aside_err end
  host.log("warn", i18n.t("journal.damaged", { path = aside, reason = errors.text(err) }))
  return host.store(path)
end

---Opens the journal at `path`, making it and its folder where they are missing. `fresh` is true
---when it holds nothing yet: new, or in place of a damaged one. Waits.
---@param path string
---@return table|nil journal, Error?
function M.open(path)
  local folder = path:match("^(.*)/[^/]*$")
  local made, made_err = host.mkdir(folder, { mode = tonumber("700", 8) })
  if not made then return nil, made_err end
  local store, err = open_store(path)
  if not store then return nil, err end
  local before, migrate_err = migrate(store)
  if not before then
    store:close()
    return nil, migrate_err
  end
  return setmetatable({ store = store, path = path, fresh = before == 0 }, Journal)
end

function Journal:close()
  self.store:close()
end

---One row or nil; an Error is raised, since without its memory the program must not go on.
function Journal:row(sql, ...)
  return assert(self.store:query(sql, ...))[1]
end

---All rows of a query; an Error is raised as by `row`.
function Journal:rows(sql, ...)
  return assert(self.store:query(sql, ...))
end

function Journal:write(...)
  return assert(self.store:write({ ... }))
end

-- Items ----------------------------------------------------------------------------------------

function Journal:find_item(workflow, account, sha256)
  return self:row("SELECT * FROM item WHERE workflow = ? AND account = ? AND sha256 = ?",
    workflow, account, sha256)
end

---The item of this content, made when it is new. A row that exists takes the current name.
function Journal:begin_item(workflow, account, entry)
  local known = self:find_item(workflow, account, entry.sha256)
  local now = host.now()
  if known then
    local statements = {}
    if known.path ~= entry.path or known.done ~= 0 then
      statements[1] = { "UPDATE item SET name = ?, path = ?, done = 0, updated = ? WHERE id = ?",
        entry.name, entry.path, now, known.id }
    end
    if known.done ~= 0 then
      -- The content came back after its last step: it takes the whole way again.
      statements[2] = { "DELETE FROM step WHERE item = ?", known.id }
    end
    if statements[1] then self:write(table.unpack(statements)) end
    return known.id, known
  end
  local written = self:write({ [[INSERT INTO item
      (workflow, account, sha256, name, path, kind, size, state, created, updated)
      VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)]],
    workflow, account, entry.sha256, entry.name, entry.path, entry.kind, entry.size, now, now })
  return written[1].last_id
end

---@class ItemEnd
---@field state string
---@field error? Error
---@field failed? boolean counts as one more failure
---@field done? boolean
---@field wait_until? number

---Records where an item stands. `done` means its last step is finished and nothing is left to do.
---@param id integer
---@param fields ItemEnd
function Journal:end_item(id, fields)
  local failure = fields.error and json.encode(errors.public(fields.error)) or nil
  local statements = {
    { [[UPDATE item SET state = ?, error = ?, failures = failures + ?, done = ?, wait_until = ?,
        updated = ? WHERE id = ?]],
      fields.state, failure, fields.failed and 1 or 0, fields.done and 1 or 0, fields.wait_until,
      host.now(), id },
  }
  if fields.done then
    statements[2] = { "DELETE FROM note WHERE item = ?", id }
  end
  return assert(self.store:write(statements))
end

---Runs in which the item failed for its own sake.
function Journal:failures(id)
  return self:row("SELECT failures FROM item WHERE id = ?", id).failures
end

---Items whose last step is not finished, oldest first.
function Journal:unfinished(workflow, account)
  return assert(self.store:query([[SELECT * FROM item WHERE workflow = ? AND account = ?
    AND done = 0 ORDER BY created, id]], workflow, account))
end

---What identifies each item, of any workflow and account, that may still be worked on.
function Journal:all_unfinished()
  return assert(self.store:query("SELECT workflow, account, sha256 FROM item WHERE done = 0"))
end

-- Steps and notes ------------------------------------------------------------------------------

function Journal:steps(id)
  local steps = {}
  for _, row in ipairs(assert(self.store:query("SELECT * FROM step WHERE item = ?", id))) do
    steps[row.name] = { inputs = row.inputs, result = json.parse(row.result),
      started = row.started, finished = row.finished }
  end
  return steps
end

---@param also? table[] statements of the same transaction
function Journal:finish_step(id, name, inputs, result, started, also)
  self:write({ [[INSERT OR REPLACE INTO step (item, name, inputs, result, started, finished)
      VALUES (?, ?, ?, ?, ?, ?)]], id, name, inputs, json.encode(result), started, host.now() },
    table.unpack(also or {}))
end

function Journal:notes(id)
  local notes = {}
  for _, row in ipairs(assert(self.store:query("SELECT * FROM note WHERE item = ?", id))) do
    notes[row.step] = json.parse(row.fields)
  end
  return notes
end

function Journal:put_note(id, step, fields)
  return self.store:write({ { "INSERT OR REPLACE INTO note (item, step, fields) VALUES (?, ?, ?)",
    id, step, json.encode(fields) } })
end

-- Posts ----------------------------------------------------------------------------------------

function Journal:post(account, post_kind, sha256)
  return self:row("SELECT * FROM post WHERE account = ? AND post_kind = ? AND sha256 = ?",
    account, post_kind, sha256)
end

local POST_COLUMNS = { "account", "post_kind", "sha256", "name", "state", "container",
  "fingerprint", "caption", "created", "sent", "sends", "media_id", "permalink", "published" }

---Writes the whole claim; durable when it returns. A media id that another post has claimed raises:
---nothing of that other post may be lost, so this is no INSERT OR REPLACE.
---@param post table
function Journal:put_post(post)
  local values, marks, sets = {}, {}, {}
  for i, column in ipairs(POST_COLUMNS) do
    values[i], marks[i] = post[column], "?"
    sets[i] = ("%s = excluded.%s"):format(column, column)
  end
  local sql = [[INSERT INTO post (%s) VALUES (%s)
    ON CONFLICT (account, post_kind, sha256) DO UPDATE SET %s]]
  sql = sql:format(table.concat(POST_COLUMNS, ", "), table.concat(marks, ", "),
    table.concat(sets, ", "))
  assert(self.store:write({ { sql, table.unpack(values, 1, #POST_COLUMNS) } }))
end

---The other posts of this kind that may own a medium of which nobody knows whose it is: their
---publish is as uncertain as this one's, or they are live without a known id.
---@return table[]
function Journal:unsettled(post)
  return assert(self.store:query([[SELECT * FROM post WHERE account = ? AND post_kind = ?
    AND sha256 <> ? AND sent IS NOT NULL
    AND (state = 'sent' OR state = 'live' AND media_id IS NULL)]],
    post.account, post.post_kind, post.sha256))
end

---For the transaction of the step that read it.
function Journal:permalink_statement(post)
  return { "UPDATE post SET permalink = ? WHERE account = ? AND post_kind = ? AND sha256 = ?",
    post.permalink, post.account, post.post_kind, post.sha256 }
end

function Journal:is_claimed(account, media_id)
  return self:row("SELECT 1 AS yes FROM post WHERE account = ? AND media_id = ?",
    account, media_id) ~= nil
end

---When the account's last post went live, or nil.
function Journal:last_published(account)
  return self:row("SELECT max(published) AS time FROM post WHERE account = ? AND state = 'live'",
    account).time
end

---How many posts went live since a time, and when the first of them did.
function Journal:published_since(account, time)
  local row = self:row([[SELECT count(*) AS count, min(published) AS first FROM post
    WHERE account = ? AND state = 'live' AND published > ?]], account, time)
  return row.count, row.first
end

-- Runs and facts -------------------------------------------------------------------------

function Journal:begin_run(workflow)
  return self:write({ "INSERT INTO run (workflow, started) VALUES (?, ?)", workflow,
    host.now() })[1].last_id
end

function Journal:fact(scope, name)
  local row = self:row("SELECT value FROM fact WHERE scope = ? AND name = ?", scope, name)
  return row and row.value
end

function Journal:set_fact(scope, name, value)
  if value == nil then
    self:write({ "DELETE FROM fact WHERE scope = ? AND name = ?", scope, name })
  else
    self:write({ "INSERT OR REPLACE INTO fact (scope, name, value) VALUES (?, ?, ?)", scope, name,
      value })
  end
end

return M
