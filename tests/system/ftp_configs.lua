-- ftp_configs.lua - how each server of the system tests is told to run.
-- Every function writes what its server needs into `server.state` and returns the command line,
-- which begins with three free places for the program that watches over it.
local M = {}

local function lines(list)
  return table.concat(list, "\n") .. "\n"
end

local function command(...)
  return table.move({ ... }, 1, select("#", ...), 4, {})
end

local function own_by(tools, server)
  tools.run { "chown", "-R", tools.user_id, server.root }
end

-- Of the unprivileged account: "-un" its name, "-gn" that of its group.
local function name_of(tools, what)
  return (tools.run({ "id", what, tools.user_id }):gsub("%s", ""))
end

---Anonymous accounts only, so that it needs neither root nor accounts of the system; nothing is
---its root folder: the login folder lies somewhere below.
function M.vsftpd(server, options, paths, tools)
  local on = options.tls and "YES" or "NO"
  server.user = "anonymous"
  assert(host.mkdir(server.state .. "/empty"))
  local file = server.state .. "/vsftpd.conf"
  assert(host.write(file, lines {
    "listen=YES", "listen_ipv6=NO", "listen_address=127.0.0.1", "background=NO",
    "listen_port=" .. server.port,
    "run_as_launching_user=YES",
    "ftp_username=" .. tools.run({ "id", "-un" }):gsub("%s", ""),
    "anonymous_enable=YES", "no_anon_password=YES", "local_enable=NO", "write_enable=YES",
    "anon_upload_enable=YES", "anon_mkdir_write_enable=YES", "anon_other_write_enable=YES",
    "anon_umask=022", "anon_root=" .. server.root, "allow_writeable_chroot=YES",
    "secure_chroot_dir=" .. server.state .. "/empty",
    "seccomp_sandbox=NO", "isolate=NO", "isolate_network=NO", "connect_from_port_20=NO",
    "pasv_address=127.0.0.1", "pasv_min_port=" .. server.port + 1,
    "pasv_max_port=" .. server.port + 49,
    "ssl_enable=" .. on, "allow_anon_ssl=" .. on, "force_anon_logins_ssl=" .. on,
    "force_anon_data_ssl=" .. on, "require_ssl_reuse=YES",
    "rsa_cert_file=" .. paths.tls .. "/server.pem",
    "rsa_private_key_file=" .. paths.tls .. "/server.key",
    "idle_session_timeout=" .. (options.idle or 300),
    "log_ftp_protocol=YES", "debug_ssl=YES", "dual_log_enable=YES", "xferlog_enable=YES",
    "vsftpd_log_file=" .. server.state .. "/log",
    "xferlog_file=" .. server.state .. "/transfers",
  }))
  return command(paths.tree .. "/usr/sbin/vsftpd", file)
end

---`permissive` allows what many hosts leave forbidden: writing over files, and resuming.
function M.proftpd(server, options, paths, tools)
  local state, allow = server.state, options.permissive and "on" or "off"
  own_by(tools, server)
  local hash = tools.run({ "openssl", "passwd", "-6", "-stdin" }, { stdin = server.password })
  assert(host.write(state .. "/users", ("tester:%s:%s:65534::%s:/bin/sh\n"):format(
    hash:gsub("%s", ""), tools.user_id, server.root), { mode = 384 }))
  assert(host.write(state .. "/groups", "testers:x:65534:\n", { mode = 384 }))
  local config = {
    "ModulePath " .. paths.tree .. "/usr/lib/proftpd", "LoadModule mod_tls.c",
    "ServerType standalone", "DefaultAddress 127.0.0.1", "SocketBindTight on", "UseIPv6 off",
    "Port " .. server.port, "User " .. name_of(tools, "-un"), "Group " .. name_of(tools, "-gn"),
    "UseReverseDNS off", "WtmpLog off", "DelayEngine off", "ControlsEngine off",
    "AuthOrder mod_auth_file.c", "AuthUserFile " .. state .. "/users",
    "AuthGroupFile " .. state .. "/groups", "RequireValidShell off",
    "PidFile " .. state .. "/pid", "ScoreboardFile " .. state .. "/scoreboard",
    "SystemLog " .. state .. "/log",
    ("PassivePorts %d %d"):format(server.port + 1, server.port + 49),
    "AllowOverwrite " .. allow, "AllowStoreRestart " .. allow,
  }
  if options.tls then
    table.move({
      "TLSEngine on", "TLSRequired " .. (options.required and "on" or "off"),
      "TLSProtocol " .. (options.tls_only or "TLSv1.2 TLSv1.3"),
      "TLSRSACertificateFile " .. paths.tls .. "/server.pem",
      "TLSRSACertificateKeyFile " .. paths.tls .. "/server.key", "TLSLog " .. state .. "/tls.log",
    }, 1, 6, #config + 1, config)
  end
  assert(host.write(state .. "/proftpd.conf", lines(config)))
  return command(paths.tree .. "/usr/sbin/proftpd", "-n", "-q", "-c", state .. "/proftpd.conf")
end

---Only as root: else it refuses every login. Its slow password hash costs 2 s a login.
M["pure-ftpd"] = function(server, options, paths, tools)
  local users = server.state .. "/users"
  own_by(tools, server)
  tools.run({ paths.tree .. "/usr/bin/pure-pw", "useradd", "tester", "-u", tools.user_id, "-g",
    "65534", "-d", server.root, "-f", users, "-m", "-F", users .. ".pdb" },
    { stdin = server.password .. "\n" .. server.password .. "\n",
      env = { LD_LIBRARY_PATH = paths.tree .. "/usr/lib/x86_64-linux-gnu" } })
  return command(paths.tree .. "/usr/sbin/pure-ftpd", "-S", "127.0.0.1," .. server.port, "-4", "-H",
    "-E", "-A", "-u", "100", "-l", "puredb:" .. users .. ".pdb", "-p",
    ("%d:%d"):format(server.port + 1, server.port + 49), "-Y", options.tls and "2" or "0", "-2",
    paths.tls .. "/server.both", "-g", server.state .. "/pid", "-I", "1")
end

---Runs as the account that logs in. The program and its keys are copied to where it may read them.
---With PAM, since without it an account that has no password counts as locked.
function M.sshd(server, _, paths, tools)
  local state = server.state
  server.user = name_of(tools, "-un")
  server.password = nil
  server.private_key = paths.tls .. "/client_key"
  server.known_hosts = state .. "/known_hosts"
  server.libraries = state
  tools.run { "cp", paths.tree .. "/usr/sbin/sshd", paths.tls .. "/host_key", state }
  tools.run { "cp", paths.tree .. "/usr/lib/x86_64-linux-gnu/libwrap.so.0", state }
  tools.run { "cp", paths.tls .. "/client_key.pub", state .. "/authorized_keys" }
  local public = assert(host.read(paths.tls .. "/host_key.pub"))
  assert(host.write(server.known_hosts, ("[localhost]:%d %s"):format(server.port, public)))
  assert(host.write(state .. "/sshd.conf", lines {
    "Port " .. server.port, "ListenAddress 127.0.0.1", "HostKey " .. state .. "/host_key",
    "PidFile " .. state .. "/pid", "AuthorizedKeysFile " .. state .. "/authorized_keys",
    "PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM yes", "StrictModes no",
    "Subsystem sftp internal-sftp", "ForceCommand internal-sftp", "AllowTcpForwarding no",
  }))
  tools.run { "chown", "-R", tools.user_id, state }
  return command("setpriv", "--reuid", tools.user_id, "--regid", "65534", "--clear-groups",
    "--pdeathsig", "KILL", state .. "/sshd", "-D", "-E", state .. "/log", "-f",
    state .. "/sshd.conf")
end

---The misbehaving one: `fault` names its switch, `delay` its seconds.
function M.nasty(server, options, paths)
  return command(paths.nasty, server.root, options.fault or "none",
    ("%d"):format((options.delay or 3) * 1000), tostring(server.port))
end

return M
