# Redis servers, by name.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  enabled = lib.filterAttrs (_: s: s.enable) config.services.redis.servers;
  unit = name: if name == "" then "redis" else "redis-${name}";
in
{
  options.services.redis = {
    package = lib.mkPackageOption pkgs "redis" { };
    servers = mkOption {
      default = { };
      description = "Redis servers.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          enable = lib.mkEnableOption "Redis server";
          user = mkOption { type = types.str; default = unit name; description = "The account."; };
          port = mkOption { type = types.port; default = if name == "" then 6379 else 0; description = "The port, 0 for none."; };
          bind = mkOption { type = types.nullOr types.str; default = "127.0.0.1"; description = "The address."; };
          requirePass = mkOption { type = types.nullOr types.str; default = null; description = "The password."; };
          requirePassFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the password."; };
        };
      }));
    };
  };

  config = lib.mkIf (enabled != { }) {
    users.users = lib.mapAttrs' (name: s: lib.nameValuePair s.user { isSystemUser = true; group = s.user; description = "System user for ${unit name}"; }) enabled;
    users.groups = lib.mapAttrs' (_: s: lib.nameValuePair s.user { }) enabled;
    systemd.services = lib.mapAttrs'
      (name: s: lib.nameValuePair (unit name) {
        description = "Redis Server - ${unit name}";
        wantedBy = [ "multi-user.target" ];
        after = [ "network.target" ];
        serviceConfig = { User = s.user; Group = s.user; ExecStart = "${config.services.redis.package}/bin/redis-server"; Type = "notify"; };
      })
      enabled;
  };
}
