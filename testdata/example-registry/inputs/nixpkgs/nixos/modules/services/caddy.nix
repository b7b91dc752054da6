{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.caddy;
in
{
  options.services.caddy = {
    enable = lib.mkEnableOption "Caddy web server";
    package = lib.mkPackageOption pkgs "caddy" { };
    user = mkOption { type = types.str; default = "caddy"; description = "User account under which caddy runs."; };
    group = mkOption { type = types.str; default = "caddy"; description = "Group under which caddy runs."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/caddy"; description = "The data directory for caddy."; };
    email = mkOption { type = types.nullOr types.str; default = null; description = "Address of the ACME account."; };
    environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with environment variables."; };
    globalConfig = mkOption { type = types.lines; default = ""; description = "The global options block."; };
    extraConfig = mkOption { type = types.lines; default = ""; description = "Further Caddyfile."; };
    configFile = mkOption { type = types.path; default = pkgs.writeText "Caddyfile" "${cfg.globalConfig}\n${cfg.extraConfig}"; defaultText = lib.literalMD "made of the options"; description = "The Caddyfile."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.caddy = {
      description = "Caddy";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        Type = "notify";
        User = cfg.user;
        Group = cfg.group;
        ExecStart = "${lib.getExe cfg.package} run --config ${cfg.configFile} --adapter caddyfile";
        EnvironmentFile = lib.mkIf (cfg.environmentFile != null) cfg.environmentFile;
        StateDirectory = "caddy";
        AmbientCapabilities = "CAP_NET_BIND_SERVICE";
        NoNewPrivileges = true;
      };
    };
    users.users = lib.mkIf (cfg.user == "caddy") { caddy = { inherit (cfg) group; uid = config.ids.uids.caddy; home = cfg.dataDir; isSystemUser = true; }; };
    users.groups = lib.mkIf (cfg.group == "caddy") { caddy.gid = config.ids.gids.caddy; };
  };
}
