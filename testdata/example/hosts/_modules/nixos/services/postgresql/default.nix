# One PostgreSQL for all services; databases are declared, one unit makes them.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.postgresql;
  privileges = mkOption { type = types.attrsOf (types.listOf types.str); default = { }; description = "Privileges by role."; };
  nested = mkOption { type = types.attrsOf (types.attrsOf (types.listOf types.str)); default = { }; description = "Privileges by object and role."; };

  database = types.submodule {
    options = {
      owner = mkOption { type = types.str; description = "Owner; the role is made."; };
      ownerPasswordFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the owner's password."; };
      managed = mkOption { type = types.bool; default = true; description = "Whether it is made here."; };
      encoding = mkOption { type = types.str; default = "UTF8"; description = "Encoding."; };
      lcCtype = mkOption { type = types.nullOr types.str; default = null; description = "Character classes."; };
      collation = mkOption { type = types.nullOr types.str; default = null; description = "Collation."; };
      template = mkOption { type = types.str; default = "template1"; description = "Template."; };
      tablespace = mkOption { type = types.nullOr types.str; default = null; description = "Tablespace."; };
      permissionsPolicy = mkOption { type = types.enum [ "owner-only" "owner-readwrite+readonly-select" "custom" ]; default = "owner-only"; description = "Who may read it."; };
      additionalRoles = mkOption {
        default = { };
        description = "Further roles.";
        type = types.attrsOf (types.submodule {
          options = {
            passwordFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the password."; };
            grantRoles = mkOption { type = types.listOf types.str; default = [ ]; description = "Roles granted to it."; };
            login = mkOption { type = types.bool; default = true; description = "Whether it may log in."; };
            createDb = mkOption { type = types.bool; default = false; description = "Whether it may make databases."; };
            createRole = mkOption { type = types.bool; default = false; description = "Whether it may make roles."; };
          };
        });
      };
      extensions = mkOption {
        default = [ ];
        description = "Extensions.";
        type = types.listOf (types.coercedTo types.str (name: { inherit name; }) (types.submodule {
          options = {
            name = mkOption { type = types.str; description = "Extension."; };
            schema = mkOption { type = types.nullOr types.str; default = null; description = "Schema."; };
            version = mkOption { type = types.nullOr types.str; default = null; description = "Version."; };
            dropBeforeCreate = mkOption { type = types.bool; default = false; description = "Whether it is dropped first."; };
            dropCascade = mkOption { type = types.bool; default = true; description = "Whether what depends on it goes too."; };
            updateToLatest = mkOption { type = types.bool; default = false; description = "Whether it is updated."; };
          };
        }));
      };
      schemaMigrations = mkOption {
        default = null;
        description = "Migrations that are marked as done.";
        type = types.nullOr (types.submodule {
          options.entries = mkOption { type = types.listOf types.str; default = [ ]; description = "Versions."; };
        });
      };
      customSql = lib.genAttrs [ "preCreate" "postCreate" "preConfig" "postConfig" ]
        (step: mkOption { type = types.lines; default = ""; description = "SQL (${step})."; });
      databasePermissions = privileges;
      schemaPermissions = nested;
      tablePermissions = nested;
      functionPermissions = nested;
      defaultPrivileges = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Default privileges."; };
    };
  };
in
{
  options.modules.services.postgresql = {
    enable = lib.mkEnableOption "PostgreSQL";
    package = mkOption { type = types.package; default = pkgs.postgresql; description = "Package."; };
    port = mkOption { type = types.port; default = 5432; description = "Port."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/postgresql"; description = "Data directory."; };
    databases = mkOption { type = types.attrsOf database; default = { }; description = "Databases, by name."; };
  };

  config = lib.mkIf cfg.enable {
    services.postgresql = {
      enable = true;
      inherit (cfg) package;
      enableTCPIP = true;
      settings.port = cfg.port;
    };

    modules.storage.datasets.services.postgresql = {
      mountpoint = cfg.dataDir;
      recordsize = "8K"; # page size of PostgreSQL
      compression = "lz4";
      properties = { logbias = "latency"; atime = "off"; };
      owner = "postgres";
      group = "postgres";
      mode = "0750";
    };

    systemd.services.postgresql-provision-databases = {
      description = "Roles and databases of services";
      wantedBy = [ "multi-user.target" ];
      after = [ "postgresql.service" ];
      requires = [ "postgresql.service" ];
      serviceConfig = { Type = "oneshot"; RemainAfterExit = true; User = "postgres"; };
      path = [ cfg.package ];
      script = lib.concatStrings (lib.mapAttrsToList
        (name: db: lib.optionalString db.managed ''
          psql -tc "SELECT 1 FROM pg_roles WHERE rolname = '${db.owner}'" | grep -q 1 || createuser ${db.owner}
          psql -tc "SELECT 1 FROM pg_database WHERE datname = '${name}'" | grep -q 1 || createdb -O ${db.owner} -E ${db.encoding} ${name}
          ${lib.concatMapStringsSep "\n" (e: ''psql -d ${name} -c "CREATE EXTENSION IF NOT EXISTS ${e.name}"'') db.extensions}
        '')
        cfg.databases);
    };
  };
}
