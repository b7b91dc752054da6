# Carlog - log of a car
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:

mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "carlog";
  description = "Carlog";

  spec = {
    port = 4000;
    # renovate: datasource=docker depName=ghcr.io/x/carlog
    image = "ghcr.io/x/carlog:1.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "productivity";
    displayName = "Carlog";
    function = "carlog";

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
      MQTT_HOST = cfg.mqtt.host;
      MQTT_PORT = toString cfg.mqtt.port;
      MQTT_USERNAME = cfg.mqtt.username;
    };

    environmentFiles = lib.optional (config.modules.services.carlog.environmentFile != null) config.modules.services.carlog.environmentFile;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}:/data:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "carlog";
      description = "Primary group of the account that Carlog runs as.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Carlog, as environment variables.";
    };

    database = {
      manageDatabase = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = "Whether the database is made on this host.";
      };

      name = lib.mkOption {
        type = lib.types.str;
        default = "carlog";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "carlog";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "host.containers.internal";
        description = "Where Carlog finds PostgreSQL.";
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
        description = "Where Carlog finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "carlog";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "carlog/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source and the dashboards in Grafana";

      folder = lib.mkOption {
        type = lib.types.str;
        default = "Carlog";
        description = "Folder of Grafana with the dashboards.";
      };

      dashboards = lib.mkOption {
        type = lib.types.path;
        default =
          let
            upstream = pkgs.fetchzip {
              url = "https://example.org/carlog-1.0.0.tgz";
              hash = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=";
            };
          in
          "${upstream}/boards";
        description = "Folder with the dashboards.";
      };
    };
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.carlog.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:4000"
    ];

    modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
      owner = cfg.database.user;
      ownerPasswordFile = cfg.database.passwordFile;
      inherit (cfg.database) permissionsPolicy;
    };

    modules.services.emqx.integrations.carlog =
      lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "carlog" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Carlog";
          }
        ];
      };

    modules.services.grafana.integrations.carlog =
      lib.mkIf cfg.grafana.enable {
        datasources.carlog = {
          name = "Carlog";
          uid = "carlog";
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
          secureJsonData.password = "$__file{/run/credentials/grafana.service/carlog-db-password}";
        };
        dashboards.carlog = {
          name = "Carlog";
          inherit (cfg.grafana) folder;
          path = cfg.grafana.dashboards;
        };
        loadCredentials = [
          "carlog-db-password:${cfg.database.passwordFile}"
        ];
      };

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-carlog" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      requires = lib.optionals cfg.database.manageDatabase [ "postgresql-provision-databases.service" ];
      wants = [ "zfs-service-datasets.service" "podman-emqx.service" ];
      after = [ "zfs-service-datasets.service" "podman-emqx.service" "postgresql-provision-databases.service" ];
    };
  };
}
