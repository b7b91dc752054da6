# An old-fashioned module: the user has the software's former name.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.tautulli;
in
{
  options.services.tautulli = {
    enable = lib.mkEnableOption "Tautulli";
    package = lib.mkPackageOption pkgs "tautulli" { };
    dataDir = mkOption { type = types.str; default = "/var/lib/plexpy"; description = "Directory of the data."; };
    configFile = mkOption { type = types.str; default = "/var/lib/plexpy/config.ini"; description = "Configuration file."; };
    port = mkOption { type = types.port; default = 8181; description = "Port of the web interface."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Whether its port is opened."; };
    user = mkOption { type = types.str; default = "plexpy"; description = "User under which Tautulli runs."; };
    group = mkOption { type = types.str; default = "nogroup"; description = "Group under which Tautulli runs."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.tmpfiles.rules = [ "d '${cfg.dataDir}' - ${cfg.user} ${cfg.group} - -" ];
    systemd.services.tautulli = {
      description = "Tautulli Plex Monitor";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        Type = "simple";
        User = cfg.user;
        Group = cfg.group;
        ExecStart = "${lib.getExe cfg.package} --datadir ${cfg.dataDir} --config ${cfg.configFile} --port ${toString cfg.port}";
        Restart = "on-failure";
      };
    };
    users.users = lib.mkIf (cfg.user == "plexpy") { plexpy = { inherit (cfg) group; isSystemUser = true; }; };
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
  };
}
