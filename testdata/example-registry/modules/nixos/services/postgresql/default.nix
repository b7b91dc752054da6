# One PostgreSQL for all services; databases are declared, one unit makes them.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.postgresql;
  nullOrStr = description: mkOption { type = types.nullOr types.str; default = null; inherit description; };

  extension = types.submodule {
    options = {
      name = mkOption { type = types.str; description = "Extension."; };
      schema = nullOrStr "Schema.";
      version = nullOrStr "Version.";
      dropBeforeCreate = mkOption { type = types.bool; default = false; description = "Whether it is dropped first."; };
      dropCascade = mkOption { type = types.bool; default = true; description = "Whether what depends on it goes too."; };
      updateToLatest = mkOption { type = types.bool; default = false; description = "Whether it is updated."; };
    };
  };

  database = types.submodule {
    options = {
      owner = mkOption { type = types.str; description = "Owner; the role is made."; };
      ownerPasswordFile = mkOption { type = types.str; description = "File with the owner's password."; };
      managed = mkOption { type = types.bool; default = true; description = "Whether it is made here."; };
      permissionsPolicy = mkOption { type = types.enum [ "owner-only" "owner-readwrite+readonly-select" "custom" ]; default = "custom"; description = "Who may read it."; };
      extensions = mkOption { type = types.listOf (types.coercedTo types.str (name: { inherit name; }) extension); default = [ ]; description = "Extensions."; };
      schemaMigrations = mkOption {
        default = null;
        description = "Migrations that are marked as done.";
        type = types.nullOr (types.submodule {
          options.entries = mkOption { type = types.listOf types.str; default = [ ]; description = "Versions."; };
        });
      };
    };
  };
in
{
  options.modules.services.postgresql = mkOption {
    default = { };
    description = "PostgreSQL.";
    type = types.submodule {
      options = {
        enable = lib.mkEnableOption "PostgreSQL";
        package = mkOption { type = types.package; default = pkgs.postgresql; description = "Package."; };
        listenAddresses = mkOption { type = types.str; default = "localhost"; description = "Addresses."; };
        databases = mkOption { type = types.attrsOf database; default = { }; description = "Databases, by name."; };
      };
    };
  };

  config = lib.mkIf cfg.enable {
    services.postgresql = {
      enable = true;
      inherit (cfg) package;
      settings.listen_addresses = cfg.listenAddresses;
    };

    systemd.services.postgresql-provision-databases = {
      description = "Roles and databases of services";
      wantedBy = [ "multi-user.target" ];
      after = [ "postgresql.service" ];
      requires = [ "postgresql.service" ];
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        User = "postgres";
        Group = "postgres";
        ExecStart = pkgs.writeShellScript "postgresql-provision-databases" (lib.concatStrings (lib.mapAttrsToList
          (name: db: lib.optionalString db.managed ''
            provision ${name} ${db.owner} ${db.ownerPasswordFile} ${lib.concatMapStringsSep " " (e: e.name) db.extensions}
          '')
          cfg.databases));
      };
    };
  };
}
