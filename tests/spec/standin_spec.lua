-- The stand-in for Instagram: what it can be told to do, seen by who calls it.
local graph = require "graph"
local json = require "json"
local lu = require "luaunit"
local standin = require "standin"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

local ACCOUNT, TOKEN = "17840000000000101", "EAAtokenOfTheSpec"
local SAMPLES = host.info().root .. "/examples/media"

function T:setUp()
  folder_setup(self)
  host.log_open { stderr = false }
  self.instagram = assert(standin.start { account = ACCOUNT, token = TOKEN, folder = self.dir,
    switches = { video_seconds = 0 } })
  self.state = self.instagram.state
  self.graph = graph.new { url = self.instagram.url, account = ACCOUNT, token = TOKEN }
  self.robots, self.ranges = nil, true
  self.web = assert(host.serve({ port = 0 }, function(request)
    if request.path == "/robots.txt" then
      return self.robots and { body = self.robots } or { status = 404 }
    end
    local path = SAMPLES .. request.path
    if not self.ranges then return { body = assert(host.read(path)) } end
    return { file = path }
  end))
  self.base = "http://127.0.0.1:" .. self.web.port
end

function T:tearDown()
  self.web:close()
  self.instagram.stop()
  host.log_open { stderr = true }
  folder_teardown(self)
end

local function image(self, fields)
  local form = { image_url = self.base .. "/morning.jpg", caption = "Low tide" }
  for key, value in pairs(fields or {}) do form[key] = value end
  return self.graph:create_container(form)
end

local function video(self, fields)
  local form = { media_type = "REELS", video_url = self.base .. "/clip.mp4", caption = "Dawn" }
  for key, value in pairs(fields or {}) do form[key] = value end
  return self.graph:create_container(form)
end

local function assert_refused(code, subcode, id, err)
  lu.assertNil(id)
  lu.assertEquals({ err.code, err.subcode }, { code, subcode })
  return err
end

local function status_at_last(self, id)
  for _ = 1, 500 do
    local status = assert(self.graph:container_status(id))
    if status.code ~= "IN_PROGRESS" then return status end
    host.sleep(0.01)
  end
  error("still in progress")
end

function T:test_a_switch_that_is_not_there_or_a_value_that_is_none()
  local function set(changes)
    return assert(host.http { url = self.instagram.url:gsub("/v26.0", "/standin/switches"),
      body = json.encode(changes) }).status
  end
  lu.assertEquals(set { no_such = 1 }, 400)
  lu.assertEquals(set { rupload = "nonsense" }, 400)
  lu.assertEquals(set { rupload_bytes = "many" }, 400)
  lu.assertEquals(set { rupload = "cut" }, 200)
end

function T:test_making_a_container_fails_with_negative_codes_and_without_subcodes()
  for mode, code in pairs({ ["2207052"] = 9004, ["2207003"] = -2, ["2207001"] = -1,
    ["2207032"] = -1 }) do
    self.state.switches.fetch, self.state.bitten_fetch = mode, 0
    assert_refused(code, tonumber(mode), image(self))
    lu.assertNotNil((image(self)))
  end
  self.state.switches.fetch, self.state.bitten_fetch = "2207052", 0
  self.state.switches.no_subcode = true
  assert_refused(9004, nil, image(self))
end

function T:test_a_video_fails_later_and_with_the_subcode_that_was_chosen()
  self.state.switches.fetch, self.state.switches.fetch_subcode = "error", 2207082
  local status = status_at_last(self, assert(video(self)))
  lu.assertEquals({ status.code, status.subcode }, { "ERROR", 2207082 })
  lu.assertEquals(status_at_last(self, assert(video(self))).code, "FINISHED")
end

function T:test_a_server_without_ranges_is_not_enough_for_a_video()
  self.state.switches.needs_range = true
  lu.assertEquals(status_at_last(self, assert(video(self))).code, "FINISHED")
  self.ranges = false
  lu.assertEquals(status_at_last(self, assert(video(self))).subcode, 2207077)
end

function T:test_robots_txt_is_obeyed()
  self.robots = "User-agent: facebookexternalhit\nDisallow: /\n"
  lu.assertNotNil((image(self)))
  self.state.switches.robots = true
  local err = assert_refused(9004, 2207052, image(self))
  lu.assertStrContains(err.message, "robots.txt")
  lu.assertEquals(status_at_last(self, assert(video(self))).subcode, 2207077)
end

function T:test_time_goes_on()
  self.state.switches.container_cap, self.state.switches.quota_total = 2, 1
  local first, second = assert(image(self)), assert(image(self))
  assert_refused(4, nil, image(self))
  lu.assertNotNil((self.graph:publish(first)))
  assert_refused(9, 2207042, self.graph:publish(second))
  lu.assertEquals(self.graph:quota().used, 1)
  self.state.switches.clock = 86401
  lu.assertEquals(self.graph:container_status(second).code, "EXPIRED")
  lu.assertEquals(self.graph:quota().used, 0)
  lu.assertNotNil(self.graph:publish(assert(image(self))))
end

function T:test_reads_are_down_for_one_kind_of_token()
  local id = assert(image(self))
  self.state.switches.read_outage, self.state.switches.outage_tokens = "both", "instagram"
  lu.assertNotNil((self.graph:container_status(id)))
  self.state.switches.outage_tokens = "facebook"
  assert_refused(100, 33, self.graph:container_status(id))
  local media = assert(self.graph:publish(id))
  assert_refused(100, 33, self.graph:permalink(media))
  lu.assertEquals(#self.graph:media(), 1)
end

function T:test_a_token_of_the_other_login()
  self.state.switches.host = "facebook"
  lu.assertNotNil((image(self)))
  self.state.switches.host = "instagram"
  local err = assert_refused(190, nil, image(self))
  lu.assertStrContains(err.message, "Cannot parse access token")
end

function T:test_a_container_does_not_tell_what_it_became()
  local id = assert(image(self))
  assert_refused(100, nil, self.graph:get(id, { fields = "status_code,permalink" }))
end

function T:test_a_carousel_may_lose_its_last_item()
  local children = { assert(image(self, { is_carousel_item = "true" })),
    assert(image(self, { is_carousel_item = "true" })),
    assert(video(self, { media_type = "VIDEO", is_carousel_item = "true" })) }
  local form = { media_type = "CAROUSEL", children = table.concat(children, ","), caption = "x" }
  assert_refused(100, 2207028, self.graph:create_container { media_type = "CAROUSEL",
    children = children[1] })
  status_at_last(self, children[3])
  for _, dropped in ipairs({ false, true }) do
    self.state.switches.drop_child = dropped
    local media = assert(self.graph:publish(assert(self.graph:create_container(form))))
    local live = assert(self.graph:get(media, { fields = "media_type,children{id}" }))
    lu.assertEquals({ live.media_type, #live.children.data },
      { "CAROUSEL_ALBUM", dropped and 2 or 3 })
  end
end

-- A resumable upload as a script of one's own would make it.
local function upload(self, id, offset, size, bytes, scheme)
  local reply = assert(host.http { url = self.instagram.url:gsub("/v26.0", "/ig-api-upload/v26.0/")
    .. id, body = bytes, headers = { Authorization = (scheme or "OAuth ") .. TOKEN,
    offset = tostring(offset), file_size = tostring(size) } })
  local answer = json.decode(reply.body)
  return answer.success or answer.debug_info.type
end

function T:test_a_resumable_upload_is_strict()
  local bytes = assert(host.read(SAMPLES .. "/clip.mp4"))
  local made = assert(self.graph:post(ACCOUNT .. "/media",
    { media_type = "REELS", upload_type = "resumable" }))
  lu.assertStrContains(made.uri, "/ig-api-upload/v26.0/" .. made.id)
  lu.assertEquals(upload(self, made.id, 0, #bytes, bytes, "Bearer "), "NotAuthorizedError")
  lu.assertEquals(upload(self, made.id, 5, #bytes, bytes:sub(6)), "OffsetInvalidError")
  lu.assertEquals(upload(self, made.id, 0, #bytes + 1, bytes), "PartialRequestError")
  lu.assertEquals(upload(self, "18000000000009999", 0, #bytes, bytes), "ProcessingFailedError")
  lu.assertEquals(self.graph:upload_state(made.id),
    { code = "IN_PROGRESS", transferred = 0, complete = false })
  lu.assertTrue(upload(self, made.id, 0, #bytes, bytes))
  lu.assertEquals(self.graph:upload_state(made.id),
    { code = "FINISHED", transferred = #bytes, complete = true })
  lu.assertEquals(host.hash(self.state.containers[made.id].path),
    (host.hash(SAMPLES .. "/clip.mp4")))
end

return T
