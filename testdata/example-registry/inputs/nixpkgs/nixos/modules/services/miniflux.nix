# A dynamic user, a state directory, a database on the host.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.miniflux;
in
{
  options.services.miniflux = {
    enable = lib.mkEnableOption "miniflux";
    package = lib.mkPackageOption pkgs "miniflux" { };
    createDatabaseLocally = mkOption { type = types.bool; default = true; description = "Whether a PostgreSQL database is made on this host."; };
    config = mkOption {
      type = types.submodule {
        freeformType = types.attrsOf (types.oneOf [ types.str types.int ]);
        options = {
          LISTEN_ADDR = mkOption { type = types.str; default = "localhost:8080"; description = "Address and port."; };
          CREATE_ADMIN = mkOption { type = types.coercedTo types.bool (b: if b then 1 else 0) types.int; default = 1; description = "Whether an administrator is made."; };
        };
      };
      default = { };
      description = "Environment of miniflux.";
    };
    adminCredentialsFile = mkOption { type = types.nullOr types.path; default = null; description = "File with ADMIN_USERNAME and ADMIN_PASSWORD."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.miniflux = {
      description = "Miniflux service";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ] ++ lib.optional cfg.createDatabaseLocally "postgresql.service";
      environment = lib.mapAttrs (_: toString) cfg.config;
      serviceConfig = {
        Type = "notify";
        ExecStart = lib.getExe cfg.package;
        DynamicUser = true;
        User = "miniflux";
        RuntimeDirectory = "miniflux";
        StateDirectory = "miniflux";
        EnvironmentFile = lib.mkIf (cfg.adminCredentialsFile != null) cfg.adminCredentialsFile;
        CapabilityBoundingSet = [ "" ];
        NoNewPrivileges = true;
        ProtectSystem = "strict";
      };
    };
  };
}
