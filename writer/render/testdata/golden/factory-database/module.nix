# My Travels - where one has been
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "my-travels";
  description = "My Travels";

  spec = {
    # Not 3000, which grafana has.
    port = 3200;
    containerPort = 3000;
    # renovate: datasource=docker depName=ghcr.io/x/my-travels
    image = "ghcr.io/x/my-travels:1.2.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "My Travels";
    function = "my_travels";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:3000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:3000/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # media: files of all sizes
    zfsRecordSize = "128K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    environment = { cfg, ... }: {
      DATABASE_HOST = cfg.database.host;
      REDIS_URL = "redis://${cfg.redis.host}:${toString cfg.redis.port}/${toString cfg.redis.index}";
    };

    environmentFiles = [ "/run/my-travels-env/env" ];

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}/storage:/storage:rw"
      "${cfg.dataDir}/public:/public:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/data:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that My Travels runs as.";
    };

    secrets = {
      secretKeyBaseFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of SECRET_KEY_BASE.";
      };
    };

    database = {
      manageDatabase = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = "Whether the database is made on this host.";
      };

      name = lib.mkOption {
        type = lib.types.str;
        default = "my_travels";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "my_travels";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where My Travels finds PostgreSQL.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 5432;
        description = "Port of PostgreSQL.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that role.";
      };

      extensions = lib.mkOption {
        # A name alone stands for an extension of which nothing else is said.
        type = lib.types.listOf (lib.types.coercedTo lib.types.str (name: { inherit name; }) (lib.types.submodule {
          options = {
            name = lib.mkOption {
              type = lib.types.str;
              description = "Name of the extension.";
            };

            schema = lib.mkOption {
              type = lib.types.nullOr lib.types.str;
              default = null;
              description = "Schema that it is made in, null for the usual one.";
            };

            version = lib.mkOption {
              type = lib.types.nullOr lib.types.str;
              default = null;
              description = "Version, null for the newest.";
            };

            dropBeforeCreate = lib.mkOption {
              type = lib.types.bool;
              default = false;
              description = "Whether an older one is dropped first.";
            };

            dropCascade = lib.mkOption {
              type = lib.types.bool;
              default = true;
              description = "Whether what depends on it is dropped with it.";
            };

            updateToLatest = lib.mkOption {
              type = lib.types.bool;
              default = false;
              description = "Whether it is updated to the newest version.";
            };
          };
        }));
        default = [ "postgis" ];
        description = "Extensions of the database.";
      };

      permissionsPolicy = lib.mkOption {
        type = lib.types.enum [ "owner-only" "owner-readwrite+readonly-select" "custom" ];
        default = "owner-readwrite+readonly-select";
        description = "Who else may read the database.";
      };
    };

    redis = {
      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where My Travels finds Redis.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 6379;
        description = "Port of Redis.";
      };

      index = lib.mkOption {
        type = lib.types.int;
        default = 0;
        description = "Number of the database in Redis, which no other service may use.";
      };
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.my-travels.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:3000"
    ];

    modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
      owner = cfg.database.user;
      ownerPasswordFile = cfg.database.passwordFile;
      inherit (cfg.database) extensions permissionsPolicy;
      # Versions that upstream expects to be done.
      schemaMigrations.entries = [ "20240101" ];
    };

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-my-travels" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      requires = lib.optionals cfg.database.manageDatabase [ "postgresql-provision-databases.service" ];
      wants = [ "zfs-service-datasets.service" "redis-default.service" ];
      after = [ "zfs-service-datasets.service" "redis-default.service" "postgresql-provision-databases.service" ];
      serviceConfig = {
        LoadCredential = [
          "secret-key-base:${cfg.secrets.secretKeyBaseFile}"
          "database-password:${cfg.database.passwordFile}"
        ];
        RuntimeDirectory = [ "my-travels-env" ];
        RuntimeDirectoryMode = "0700";
      };
      # Each folder must be there before the container sees it, and belong to who owns the data.
      # The file of the environment is there whole or not at all, and gone when the unit stops.
      preStart = ''
        cd ${cfg.dataDir}
        mkdir -p storage public
        chown --reference=. storage public
        chmod 0750 storage public
        umask 077
        trap 'rm -f /run/my-travels-env/env.new' EXIT
        secretKeyBase=$(cat "$CREDENTIALS_DIRECTORY/secret-key-base")
        databasePassword=$(cat "$CREDENTIALS_DIRECTORY/database-password")
        cat > /run/my-travels-env/env.new <<EOF
        SECRET_KEY_BASE=$secretKeyBase
        DATABASE_URL=postgresql://${cfg.database.user}:$databasePassword@${cfg.database.host}:${toString cfg.database.port}/${cfg.database.name}
        EOF
        mv /run/my-travels-env/env.new /run/my-travels-env/env
      '';
    };
  };
}
