# Settings that become a file; a user of its own by default.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.navidrome;
  format = pkgs.formats.json { };
in
{
  options.services.navidrome = {
    enable = lib.mkEnableOption "Navidrome music server";
    package = lib.mkPackageOption pkgs "navidrome" { };
    user = mkOption { type = types.str; default = "navidrome"; description = "User under which Navidrome runs."; };
    group = mkOption { type = types.str; default = "navidrome"; description = "Group under which Navidrome runs."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Whether its port is opened."; };
    environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with further environment variables."; };
    settings = mkOption {
      type = types.submodule {
        freeformType = format.type;
        options = {
          Address = mkOption { type = types.str; default = "127.0.0.1"; description = "Address to listen on."; };
          Port = mkOption { type = types.port; default = 4533; description = "Port to listen on."; };
          DataFolder = mkOption { type = types.str; default = "/var/lib/navidrome"; description = "Folder of the database and the cache."; };
          MusicFolder = mkOption { type = types.str; default = "/var/lib/navidrome/music"; description = "Folder of the music."; };
        };
      };
      default = { };
      description = "Configuration of Navidrome.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.navidrome = {
      description = "Navidrome Media Server";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        ExecStart = "${lib.getExe cfg.package} --configfile ${format.generate "navidrome.json" cfg.settings}";
        EnvironmentFile = lib.mkIf (cfg.environmentFile != null) [ cfg.environmentFile ];
        User = cfg.user;
        Group = cfg.group;
        StateDirectory = "navidrome";
        WorkingDirectory = cfg.settings.DataFolder;
        UMask = "0066";
        ProtectSystem = "strict";
        ProtectHome = true;
        NoNewPrivileges = true;
      };
    };
    users.users = lib.mkIf (cfg.user == "navidrome") { navidrome = { inherit (cfg) group; isSystemUser = true; }; };
    users.groups = lib.mkIf (cfg.group == "navidrome") { navidrome = { }; };
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.settings.Port ];
  };
}
