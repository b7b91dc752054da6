# A fixed user without an id; addresses in a list of settings.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.radicale;
in
{
  options.services.radicale = {
    enable = lib.mkEnableOption "Radicale CalDAV and CardDAV server";
    package = lib.mkPackageOption pkgs "radicale" { };
    settings = mkOption {
      type = types.attrsOf (types.attrsOf types.anything);
      default = { };
      example = { server.hosts = [ "127.0.0.1:5232" ]; };
      description = "Configuration of Radicale, by section.";
    };
  };

  config = lib.mkIf cfg.enable {
    services.radicale.settings.storage.filesystem_folder = lib.mkDefault "/var/lib/radicale/collections";
    users.users.radicale = { isSystemUser = true; group = "radicale"; };
    users.groups.radicale = { };
    systemd.services.radicale = {
      description = "A Simple Calendar and Contact Server";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      serviceConfig = {
        ExecStart = "${lib.getExe cfg.package} -C ${pkgs.writeText "radicale.json" (builtins.toJSON cfg.settings)}";
        User = "radicale";
        Group = "radicale";
        StateDirectory = "radicale/collections";
        StateDirectoryMode = "0750";
        Restart = "on-failure";
        ProtectSystem = "strict";
      };
    };
  };
}
