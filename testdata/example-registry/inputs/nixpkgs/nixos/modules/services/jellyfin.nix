# Its user exists only while nobody names another.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.jellyfin;
in
{
  options.services.jellyfin = {
    enable = lib.mkEnableOption "Jellyfin Media Server";
    package = lib.mkPackageOption pkgs "jellyfin" { };
    user = mkOption { type = types.str; default = "jellyfin"; description = "User account under which Jellyfin runs."; };
    group = mkOption { type = types.str; default = "jellyfin"; description = "Group under which Jellyfin runs."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/jellyfin"; description = "Base data directory, passed with `--datadir`."; };
    configDir = mkOption { type = types.path; default = "${cfg.dataDir}/config"; defaultText = lib.literalExpression ''"''${cfg.dataDir}/config"''; description = "Directory of the server configuration."; };
    cacheDir = mkOption { type = types.path; default = "/var/cache/jellyfin"; description = "Directory of the server cache."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Whether its ports are opened."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.jellyfin = {
      description = "Jellyfin Media Server";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        Type = "simple";
        User = cfg.user;
        Group = cfg.group;
        UMask = "0077";
        WorkingDirectory = cfg.dataDir;
        ExecStart = "${lib.getExe cfg.package} --datadir '${cfg.dataDir}' --configdir '${cfg.configDir}' --cachedir '${cfg.cacheDir}'";
        Restart = "on-failure";
        NoNewPrivileges = true;
        PrivateTmp = true;
      };
    };
    systemd.tmpfiles.rules = [ "d '${cfg.dataDir}' 700 ${cfg.user} ${cfg.group} - -" ];

    users.users = lib.mkIf (cfg.user == "jellyfin") {
      jellyfin = {
        inherit (cfg) group;
        isSystemUser = true;
      };
    };
    users.groups = lib.mkIf (cfg.group == "jellyfin") { jellyfin = { }; };

    networking.firewall = lib.mkIf cfg.openFirewall {
      allowedTCPPorts = [ 8096 8920 ];
      allowedUDPPorts = [ 1900 7359 ];
    };
  };
}
