# Drivelog - drives and charges of a car
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "drivelog";
  description = "Drivelog";

  spec = {
    port = 4000;
    # renovate: datasource=docker depName=ghcr.io/example/drivelog
    image = "ghcr.io/example/drivelog:1.2.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "productivity";
    displayName = "Drivelog";
    function = "drivelog";

    healthCommand = "if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:4000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:4000/' 2>&1 | grep -q HTTP/; fi || exit 1";

    # small configuration files
    zfsRecordSize = "16K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    environment = { cfg, ... }: {
      DATABASE_HOST = cfg.database.host;
      DATABASE_NAME = cfg.database.name;
      DATABASE_USER = cfg.database.user;
      MQTT_HOST = cfg.mqtt.host;
      MQTT_PORT = toString cfg.mqtt.port;
      MQTT_USERNAME = cfg.mqtt.username;
    };

    environmentFiles = [ "/run/drivelog-env/env" ];

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/opt/drivelog/import:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "drivelog";
      description = "Primary group of the account that Drivelog runs as.";
    };

    secrets = {
      encryptionKeyFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of ENCRYPTION_KEY.";
      };

      mqttPasswordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of MQTT_PASSWORD.";
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
        default = "drivelog";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "drivelog";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where Drivelog finds PostgreSQL.";
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
        default = [ "cube" "earthdistance" ];
        description = "Extensions of the database.";
      };

      permissionsPolicy = lib.mkOption {
        type = lib.types.enum [ "owner-only" "owner-readwrite+readonly-select" "custom" ];
        default = "owner-readwrite+readonly-select";
        description = "Who else may read the database.";
      };
    };

    mqtt = {
      enable = lib.mkEnableOption "the account at the message broker";

      registerIntegration = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = "Whether the broker of this host is told of the account.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where Drivelog finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "drivelog";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "drivelog/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source and the dashboards in Grafana";

      folder = lib.mkOption {
        type = lib.types.str;
        default = "Car";
        description = "Folder of Grafana with the dashboards.";
      };

      dashboards = lib.mkOption {
        type = lib.types.path;
        default =
          let
            upstream = pkgs.fetchzip {
              url = "https://example.org/drivelog-1.2.3.tar.gz";
              hash = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=";
            };
          in
          "${upstream}/grafana/dashboards";
        description = "Folder with the dashboards.";
      };
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.drivelog.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:4000"
    ];

    modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
      owner = cfg.database.user;
      ownerPasswordFile = cfg.database.passwordFile;
      inherit (cfg.database) extensions permissionsPolicy;
      # Versions that upstream expects to be done.
      schemaMigrations.entries = [ "20240101120000" "20240301120000" ];
    };

    modules.services.emqx.integrations.drivelog =
      lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "drivelog" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Drivelog";
          }
        ];
      };

    modules.services.grafana.integrations.drivelog =
      lib.mkIf cfg.grafana.enable {
        datasources.drivelog = {
          name = "Drivelog";
          uid = "drivelog";
          type = "postgres";
          access = "proxy";
          url = "127.0.0.1:${toString cfg.database.port}";
          inherit (cfg.database) user;
          database = cfg.database.name;
          # Newer ones of Grafana look for the database here.
          jsonData = {
            database = cfg.database.name;
            sslmode = "disable";
          };
          secureJsonData.password = "$__file{/run/credentials/grafana.service/drivelog-db-password}";
        };
        dashboards.drivelog = {
          name = "Drivelog";
          inherit (cfg.grafana) folder;
          path = cfg.grafana.dashboards;
        };
        loadCredentials = [
          "drivelog-db-password:${cfg.database.passwordFile}"
        ];
      };

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-drivelog" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      requires = lib.optionals cfg.database.manageDatabase [ "postgresql-provision-databases.service" ];
      wants = [ "zfs-service-datasets.service" "podman-emqx.service" ];
      after = [ "zfs-service-datasets.service" "podman-emqx.service" "postgresql-provision-databases.service" ];
      serviceConfig = {
        LoadCredential = [
          "encryption-key:${cfg.secrets.encryptionKeyFile}"
          "mqtt-password:${cfg.secrets.mqttPasswordFile}"
          "database-password:${cfg.database.passwordFile}"
        ];
        RuntimeDirectory = [ "drivelog-env" ];
        RuntimeDirectoryMode = "0700";
      };
      # The file of the environment is there whole or not at all, and gone when the unit stops.
      preStart = ''
        umask 077
        trap 'rm -f /run/drivelog-env/env.new' EXIT
        encryptionKey=$(cat "$CREDENTIALS_DIRECTORY/encryption-key")
        mqttPassword=$(cat "$CREDENTIALS_DIRECTORY/mqtt-password")
        databasePassword=$(cat "$CREDENTIALS_DIRECTORY/database-password")
        cat > /run/drivelog-env/env.new <<EOF
        ENCRYPTION_KEY=$encryptionKey
        MQTT_PASSWORD=$mqttPassword
        DATABASE_PASS=$databasePassword
        EOF
        mv /run/drivelog-env/env.new /run/drivelog-env/env
      '';
    };
  };
}
