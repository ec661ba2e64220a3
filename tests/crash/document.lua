-- document.lua - docs/reliability.md: what was done to the program, and what came of it.
local storm = require "storm"
local tally = require "tally"

local M = {}

local TEXT = [[
# Killed anywhere

Each file is published exactly once, or it is said why not, and no file is lost, whatever crashes or
fills up on the way. This page is the proof of it. `make crashtest` measures it anew and writes the
page; a sample of the same runs in `make test`.

## What is done
A run over three files (WebP, JPEG, MP4) is traced with `strace`. Every call that changes a file,
the journal or the network is a *point*: nothing is listed by hand, so a new call is covered by
itself.
At each point, in a fresh world every time,

- the program is killed (`SIGKILL`) as it enters the call; at every third point once more, where the
  run that follows is killed too, at another point, and at another third once more, where the
  journal is deleted afterwards; or
- the call fails, once or from then on, with the errors that fit it (`EIO`, `ENOSPC`, `EINTR`,
  `EMFILE`, `ENOMEM`; on the network `ECONNREFUSED`, `ECONNRESET`, `EPIPE`, `ETIMEDOUT`).

Then the program is run again until nothing is left to do, three times at most, and once more to see
that this run changes nothing. The stand-in for Instagram is a process of its own, set to its worst
case: a second publish of one container makes a second post, and a container never says that it is
published.

`strace` counts calls per thread, so the pools run with one thread here, one file is in progress at
a time, and a point is a thread, a call and its number. `fired` says how many points were reached:
names and times differ from run to run, and now and then a call fewer is made.

## What holds after each
1. One post per file. None, if the file is kept as `uncertain` with the reason (`held`): the program
   was struck between the note "is being sent" and the answer, and nothing on the account speaks for
   the post. With `ON_UNCERTAIN=resend` a run then publishes it, and there is one post. The request
   to publish a container never reaches the account twice.
2. Each original lies in the folder or in `processed/`, once, byte for byte. Right after the strike
   too, there is at least one whole copy.
3. What has a public name is whole, at every moment: its name holds a piece of its content's hash.
4. No temporary and no intermediate file is left. One exception: where the journal is lost, a hidden
   temporary of an upload that was cut may stay on an FTP server, since nothing else knew its name.
5. After an error of the journal itself no request leaves.
6. The journal is intact and says of each file that it is done, or is held.

`finished`: all was published by the next runs. `unharmed`: the run in which the call failed
published everything itself. `held`: see 1. `wrong`: something of the above did not hold.

## The journal is first
In the trace of the clean run each effect on the outside is looked for, and before it a record that
was written since the effect before, with a sync that has returned; before `media_publish` there are
two, the container and the intent. Seen: {effects}. All had theirs.

## At random
{random}.

## The journal lost, and what it costs
- The journal deleted, the state folder deleted, the journal cut to 0, 1, 10, 50 and 90 % of its
  length, replaced by garbage, garbage after its first page: it is set aside and rebuilt from the
  receipts, aloud, before anything is published, and files copied back from the archive are
  duplicates, each of them (`tests/system/lost_journal_spec.lua`). `affiche history --rebuild` does
  it by hand. A rebuild that is killed is done again.
- A post that is under way has a note beside its file, `.receipts/` in the media folder: durable
  before it may be sent, with the media id once it is live, gone when the file is archived. So the
  journal may be lost at any moment: at every third point above it is deleted after the kill, and
  what may have been sent is found on the account or held for a person, never sent again
  (`tests/system/lost_underway_spec.lua`; every point: `affiche console tests/crash/main.lua lost`).
- An answer of `media_publish` that lies (403 with 2207051, 500, none, no id) for a post that went
  live, while reads of containers, of media or of both answer 100/33: 15 combinations, each ends as
  published with the right media id after one request to publish (`tests/spec/instagram_spec.lua`).
- A sync of the journal that fails, once or for good (`tests/system/journal_sync_spec.lua`): no
  request leaves afterwards, the end comes within 5 s, the next start goes on.

`make bench` measures the rest on pictures and an instant stand-in for Instagram, here on two idle
cores:

| | measured | wanted |
|---|---|---|
| synced transactions a file, 1,000 files, 32 at a time | 1.7 | at most 3 |
| synced transactions a file, one at a time | 9.1 | at most 10 |
| time a file, 5,000 files to 100 | 11.2 ms to 11.9 ms, ratio 1.06 | at most 1.15 |
| journal deleted, 5,000 archived files copied back | 5,000 duplicates, 0 posts | 0 posts |
| memory, most of it | 16.3 MB for 100 files, 21.1 MB for 5,000 | under 6 MB more |

Memory grows by 1 KB for each file of a run: its name in the list, then its line in the result.
Files under way are as few as `AFFICHE_CONCURRENCY` says, however many lie in the folder.

`make asan` runs all tests under the address and undefined-behaviour sanitizers, the strikes above
among them; `make asan-crashtest` strikes a larger sample with that build.

## Outcome
{outcome}]]

local TARGETS = { folder = "Uploads into a folder", vsftpd = "Uploads to an FTP server (vsftpd)",
  nasty = "Uploads to the scripted FTP server" }

local function effects_text(effects)
  local parts = {}
  for name, count in pairs(effects) do parts[#parts + 1] = ("%d × %s"):format(count, name) end
  table.sort(parts)
  return table.concat(parts, ", ")
end

---@param parts { target: string, campaign: Campaign }[]
---@param effects table<string, integer>
---@param random table what storm.run gave
---@return string
function M.of(parts, effects, random)
  local outcome = {}
  for i, part in ipairs(parts) do
    outcome[i] = ("### %s\n%s.\n\n%s\n"):format(TARGETS[part.target],
      tally.summary(part.campaign), tally.markdown(part.campaign))
  end
  local words = { effects = effects_text(effects), random = storm.summary(random),
    outcome = table.concat(outcome, "\n") }
  return (TEXT:gsub("{(%l+)}", words))
end

return M
