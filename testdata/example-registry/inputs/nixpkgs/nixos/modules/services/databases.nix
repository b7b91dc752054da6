# PostgreSQL.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.postgresql;
in
{
  options.services.postgresql = {
    enable = lib.mkEnableOption "PostgreSQL Server";
    package = lib.mkPackageOption pkgs "postgresql" { };
    extensions = mkOption {
      type = types.coercedTo (types.listOf types.path) (paths: _: paths) (types.functionTo (types.listOf types.path));
      default = _: [ ];
      description = "Packages of extensions, chosen from those for the server's version.";
    };
    dataDir = mkOption { type = types.path; default = "/var/lib/postgresql/${cfg.package.psqlSchema or "17"}"; defaultText = lib.literalMD "by version"; description = "The data directory."; };
    enableTCPIP = mkOption { type = types.bool; default = false; description = "Whether it listens on all interfaces."; };
    authentication = mkOption { type = types.lines; default = ""; description = "pg_hba.conf."; };
    ensureDatabases = mkOption { type = types.listOf types.str; default = [ ]; description = "Databases that exist."; };
    settings = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf types.anything;
        options.port = mkOption { type = types.port; default = 5432; description = "The port."; };
      };
      default = { };
      description = "postgresql.conf.";
    };
  };

  config = lib.mkIf cfg.enable {
    users.users.postgres = { uid = config.ids.uids.postgres; group = "postgres"; home = cfg.dataDir; description = "PostgreSQL server user"; };
    users.groups.postgres.gid = config.ids.gids.postgres;
    systemd.services.postgresql = {
      description = "PostgreSQL Server";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = { User = "postgres"; Group = "postgres"; ExecStart = "${cfg.package}/bin/postgres -D ${cfg.dataDir}"; Type = "notify"; };
    };
  };
}
