-- verdict.lua - what an answer of the Graph API means, as one table of data that a person can read
-- and extend. Looked up by subcode first, then by code, then by HTTP status: `is_transient` and the
-- HTTP status alone have been seen to lie (403 and 500 for posts that went live).
local M = {}

-- refused    nothing went out, and the same will be refused again: the file has failed
-- transient  nothing went out, worth another try with a new container
-- not_ready  the container is not ready yet: wait, ask again
-- rest       the account has to rest: the file is put off
-- auth       the token or its rights: every file of the account is affected
-- uncertain  it may or may not have gone out; never sent again without evidence
M.SUBCODES = {
  [2207001] = "transient", [2207003] = "transient", [2207020] = "transient",
  [2207032] = "transient", [2207052] = "transient", [2207053] = "transient",
  [2207076] = "transient", [2207077] = "transient", [2207082] = "transient",
  [2207006] = "refused", [2207008] = "transient", [2207024] = "not_ready", [2207027] = "not_ready",
  [2207004] = "refused", [2207005] = "refused", [2207009] = "refused", [2207010] = "refused",
  [2207018] = "refused", [2207023] = "refused", [2207026] = "refused", [2207028] = "refused",
  [2207035] = "refused", [2207036] = "refused", [2207037] = "refused", [2207040] = "refused",
  [2207057] = "refused", [2207081] = "refused", [2207085] = "refused",
  [2207042] = "rest", [2207051] = "rest", [2207050] = "auth",
}

M.CODES = {
  [3] = "auth", [10] = "auth", [102] = "auth", [190] = "auth", [2500] = "auth", [9009] = "auth",
  [4] = "rest", [9] = "rest", [17] = "rest", [32] = "rest", [341] = "rest", [368] = "rest",
  [613] = "rest",
  [-1] = "transient", [-2] = "transient", [1] = "transient", [2] = "transient",
  [24] = "transient", [9004] = "transient", [9007] = "not_ready",
  [25] = "auth", [100] = "refused", [352] = "refused", [506] = "refused",
  [36000] = "refused", [36001] = "refused", [36003] = "refused", [36004] = "refused",
}

-- For media_publish alone: the answers after which it is certain that nothing went out. Whatever
-- is not here, and no media id, is uncertain.
M.PUBLISH_SUBCODES = {
  [2207027] = "not_ready", [2207024] = "not_ready", [2207042] = "rest", [2207050] = "auth",
  [2207006] = "refused", [2207008] = "refused", [2207051] = "uncertain",
}

M.PUBLISH_CODES = {
  [10] = "auth", [190] = "auth", [352] = "refused",
}

local function in_range(code)
  if math.type(code) ~= "integer" then return nil end
  if code >= 200 and code <= 299 then return "auth" end
  if code >= 80000 and code <= 80014 then return "rest" end
end

---What an error of any call but media_publish means.
---@param err Error
---@return "refused"|"transient"|"rest"|"auth"|"not_ready"
function M.of(err)
  local found = M.SUBCODES[err.subcode] or M.CODES[err.code] or in_range(err.code)
  if found then return found end
  if err.kind == "network" or err.kind == "timeout" or err.kind == "tls" then return "transient" end
  if math.type(err.status) == "integer" and (err.status >= 500 or err.status == 429) then
    return "transient"
  end
  -- No error of the API at all: an answer cut short, a page of some gateway, no id.
  if err.code == nil and err.kind == "remote" then return "transient" end
  return "refused"
end

-- Families of answers to media_publish: 36xxx (the picture), 100 with 22070xx (validation).
local function refused_by_family(err)
  local code, subcode = err.code, err.subcode
  if math.type(code) ~= "integer" then return false end
  if code >= 36000 and code <= 36999 then return true end
  return code == 100 and math.type(subcode) == "integer" and subcode >= 2207000
    and subcode <= 2207099
end

---What an error of media_publish means. `again` is true when this container was sent before: then
---no answer says more than that the post may be live already.
---@param err Error
---@param again boolean
---@return "refused"|"rest"|"auth"|"not_ready"|"uncertain"|"unsent"
function M.of_publish(err, again)
  if err.sent == false then return "unsent" end
  if again then return "uncertain" end
  local found = M.PUBLISH_SUBCODES[err.subcode] or M.PUBLISH_CODES[err.code]
  if found then return found end
  if in_range(err.code) == "auth" then return "auth" end
  return refused_by_family(err) and "refused" or "uncertain"
end

return M
