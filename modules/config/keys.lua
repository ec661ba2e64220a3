-- config/keys.lua - every setting the program knows: its type, default and limits (contract, 2).
-- `scope` says whom a wrong value stops: "program" everything, "publish" what publishes, "serve"
-- the server. A default that depends on other settings is filled in by config.lua.
--
-- Types: text, path (made absolute; "~/" is the home folder), file (a path that must be readable),
-- integer, number, flag (0 or 1), choice, url (http or https).

---@class Key
---@field name string
---@field type "text"|"path"|"file"|"integer"|"number"|"flag"|"choice"|"url"
---@field scope "program"|"publish"|"serve"
---@field default? any
---@field low? number
---@field high? number
---@field choices? string[]
---@field required? boolean
---@field secret? boolean never shown, logged or handed to scripts
---@field placeholders? string[] values from the example file that count as missing

---@type Key[]
return {
  { name = "AUTO_DOWNLOAD_DIR", type = "path", scope = "publish", required = true },

  { name = "FTP_HOST", type = "text", scope = "publish" },
  { name = "FTP_PORT", type = "integer", scope = "publish", default = 21, low = 1, high = 65535 },
  { name = "FTP_USER", type = "text", scope = "publish" },
  { name = "FTP_PASS", type = "text", scope = "publish", secret = true },
  { name = "FTP_UPLOAD_DIR", type = "text", scope = "publish", default = "/" },
  { name = "FTP_TLS", type = "choice", scope = "publish", default = "try",
    choices = { "try", "require", "off" } },
  { name = "FTP_CA_FILE", type = "file", scope = "publish" },
  { name = "FTP_TLS_MAX", type = "choice", scope = "publish", default = "1.2",
    choices = { "1.2", "1.3" } },
  { name = "FTP_CONNECTIONS", type = "integer", scope = "publish", default = 2, low = 1,
    high = 32 },
  { name = "DELETE_AFTER_PUBLISH", type = "flag", scope = "publish", default = false },
  { name = "UPLOAD_URL", type = "text", scope = "publish" },
  { name = "PUBLIC_BASE_URL", type = "url", scope = "publish" },

  { name = "ACCESS_TOKEN", type = "text", scope = "publish", required = true, secret = true,
    placeholders = { "VOTRE_ACCESS_TOKEN_ICI", "VOTRE_VRAI_TOKEN_INSTAGRAM" } },
  { name = "IG_USER_ID", type = "text", scope = "publish", required = true,
    placeholders = { "VOTRE_IG_USER_ID_ICI", "VOTRE_VRAI_USER_ID" } },
  { name = "APP_SECRET", type = "text", scope = "publish", secret = true },
  { name = "APP_ID", type = "text", scope = "publish" },
  { name = "GRAPH_API_URL", type = "url", scope = "publish" },
  { name = "GRAPH_UPLOAD_URL", type = "url", scope = "publish",
    default = "https://rupload.facebook.com" },

  { name = "AFFICHE_STATE_DIR", type = "path", scope = "program" },
  { name = "AFFICHE_JOURNAL", type = "text", scope = "program" },
  { name = "AFFICHE_SCRIPTS", type = "path", scope = "program" },
  { name = "AFFICHE_LANG", type = "text", scope = "program" },
  { name = "AFFICHE_CONCURRENCY", type = "integer", scope = "publish", default = 8, low = 1,
    high = 256 },
  { name = "ON_UNCERTAIN", type = "choice", scope = "publish", default = "hold",
    choices = { "hold", "resend" } },
  { name = "AFFICHE_COOLDOWN", type = "number", scope = "publish", default = 3600, low = 0,
    high = 31536000 },

  { name = "LOG_LEVEL", type = "choice", scope = "program", default = "info",
    choices = { "debug", "info", "warn", "error" } },
  { name = "LOG_FORMAT", type = "choice", scope = "program", default = "text",
    choices = { "text", "json" } },
  { name = "LOG_FILE", type = "path", scope = "program" },

  { name = "HOST", type = "text", scope = "serve", default = "127.0.0.1" },
  { name = "PORT", type = "integer", scope = "serve", default = 8001, low = 0, high = 65535 },
  { name = "API_TOKEN", type = "text", scope = "serve", secret = true },
}
