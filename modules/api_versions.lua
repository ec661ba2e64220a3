-- api_versions.lua - until when each version of the Graph API may be used, as Meta says. A retired
-- one still answers, silently as a newer one: only the calendar tells.
local M = {}

-- The day on which it ends; "" while no end is known. Newest first.
M.ENDS = {
  { version = "v26.0", ends = "" },
  { version = "v25.0", ends = "2028-07-29" },
  { version = "v24.0", ends = "2028-02-18" },
  { version = "v23.0", ends = "2027-10-08" },
  { version = "v22.0", ends = "2027-05-20" },
  { version = "v21.0", ends = "2027-01-21" },
  { version = "v20.0", ends = "2026-09-24" },
}

local SOON = 90 * 86400

local function number_of(version)
  local major, minor = version:match("^v(%d+)%.(%d+)$")
  return tonumber(major) * 1000 + tonumber(minor)
end

local function noon(day)
  local year, month, date = day:match("^(%d+)-(%d+)-(%d+)$")
  return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(date), hour = 12 }
end

---@param url string base URL of the Graph API
---@return string|nil version such as "v26.0"
function M.of_url(url)
  return url:match("^%a+://[^/]+/(v%d+%.%d+)$") or url:match("^%a+://[^/]+/(v%d+%.%d+)/")
end

---How old a version is.
---@param version string
---@param now number seconds since 1970
---@return "current"|"soon"|"ended"|"unknown" state, string? day of its end
function M.age(version, now)
  local wanted = number_of(version)
  if wanted > number_of(M.ENDS[1].version) then return "unknown" end
  for _, entry in ipairs(M.ENDS) do
    if entry.version == version then
      if entry.ends == "" then return "current" end
      local left = noon(entry.ends) - now
      return left <= 0 and "ended" or left <= SOON and "soon" or "current", entry.ends
    end
  end
  local oldest = M.ENDS[#M.ENDS]
  if wanted < number_of(oldest.version) then return "ended", oldest.ends end
  return "unknown"
end

return M
