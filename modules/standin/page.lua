-- standin/page.lua - the feed as a page: what was published, with pictures and captions.
local M = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

local function escape(text)
  return (text:gsub("[&<>\"']", ENTITIES))
end

local STYLE = [[
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #fafafa; color: #222; }
header { padding: 2rem; text-align: center; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.5rem;
  max-width: 70rem; margin: 0 auto; padding: 0 1.5rem 3rem; }
figure { margin: 0; background: #fff; border: 1px solid #ddd; border-radius: .5rem;
  overflow: hidden; }
img, video { display: block; width: 100%; aspect-ratio: 4 / 5; object-fit: contain;
  background: #eee; }
figcaption { padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
small { color: #666; display: block; margin-top: .5rem; }
]]

local function figure(media, source)
  local tag = media.kind == "video"
    and ('<video src="%s#t=0.5" controls muted preload="metadata"></video>'):format(source)
    or ('<img src="%s" alt="">'):format(source)
  return ("<figure>%s<figcaption>%s<small>%s · %s</small></figcaption></figure>"):format(tag,
    escape(media.caption), escape(media.id), os.date("%H:%M:%S", math.floor(media.time)))
end

---@param state table
---@param source fun(media: table): string address of the medium's bytes
function M.render(state, source)
  local parts = {}
  for i = #state.media, 1, -1 do
    local media = state.media[i]
    parts[#parts + 1] = figure(media, escape(source(media)))
  end
  return ([[<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>affiche: what was published</title>
<meta name="viewport" content="width=device-width"><style>%s</style></head>
<body><header><h1>%d published</h1><p>A local stand-in for Instagram: nothing left this machine.</p>
</header><main>%s</main></body></html>
]]):format(STYLE, #state.media, table.concat(parts, "\n"))
end

return M
