-- pacing.lua: how patient the program is. All times are seconds.
return {
  -- As shipped, a run publishes everything at once, within Instagram's quota. To slow it down:
  spacing = 0,              -- at least so long between two posts (3600: one an hour)
  per_day = nil,            -- at most so many posts in 24 hours
  max_age = nil,            -- what has waited for longer is not posted any more: it goes to failed/
  quiet_hours = nil,        -- { from = "22:00", to = "07:00" }: none in this time

  -- Posts appear in order. A later file waits so long for a slow earlier one, then overtakes it.
  wait_for_earlier = 60,

  -- How often Instagram is asked whether a picture or video is ready: the first wait, the second, …
  -- (the last one is repeated), and after how long the file is put off to the next run.
  poll = { image = { 0.5, 1, 2, 3, 5, 10 }, video = { 2, 3, 5, 10, 20, 30, 60 } },
  ready_within = { image = 300, video = 900 },

  -- When it is unclear whether a post went out: looks again after so many seconds.
  settle_after = { 2, 10, 30 },

  -- Before the first post of a run its public URL is fetched as Instagram will; again after so many
  -- seconds when it is not as it should be.
  look_again = { 2, 8 },
}
