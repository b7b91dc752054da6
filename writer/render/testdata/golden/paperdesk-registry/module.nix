# Paperdesk - archive of documents
{ lib
, mylib
, pkgs
, config
, podmanLib
, ...
}:
let
  serviceName = "paperdesk";
  cfg = config.modules.services.paperdesk;
  groupId = toString config.users.groups.${cfg.group}.gid;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
  storageHelpers = mylib.storageHelpers pkgs;
  allowEmptyBootstrap = storageHelpers.allowEmptyBootstrapFor { inherit config; datasetName = serviceName; };
  nfsMount =
    if cfg.nfsMountDependency == null then null
    else config.modules.storage.nfsMounts.${cfg.nfsMountDependency} or null;
in
mylib.mkContainerService {
  inherit lib mylib pkgs config podmanLib;

  name = "paperdesk";
  description = "Paperdesk";

  spec = {
    port = 8000;
    # renovate: datasource=docker depName=ghcr.io/example/paperdesk
    image = "ghcr.io/example/paperdesk:2.0.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    operationalProfile = "media";
    displayName = "Paperdesk";
    function = "paperdesk";

    healthCommand = "if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:8000/healthz'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:8000/healthz'; fi || exit 1";

    # media: files of all sizes
    zfsRecordSize = "128K";
    zfsCompression = "zstd";

    resources = {
      memory = "512M";
      memoryReservation = "256M";
      cpus = "1.0";
    };

    extraOptions = _: [
      # The server on this host listens on the engine's own network.
      "--network=podman"
    ];

    environment = _: {
      PAPERDESK_CONVERTER = "http://paperdesk-converter:3000";
      REDIS_URL = "redis://paperdesk-cache:6379";
    };

    environmentFiles = lib.optional (config.modules.services.paperdesk.environmentFile != null) config.modules.services.paperdesk.environmentFile;

    skipDefaultConfigMount = true;
    volumes = cfg: [
      "${cfg.dataDir}/data:/srv/paperdesk/data:rw"
      "${cfg.dataDir}/consume:/srv/paperdesk/consume:rw"
    ] ++ lib.optionals (cfg.nfsMountDependency != null) [
      "${cfg.mediaDir}:/srv/documents:rw"
    ];
  };

  extraOptions = {
    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of the account that Paperdesk runs as.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Paperdesk, as environment variables.";
    };

    database = {
      manageDatabase = lib.mkOption {
        type = lib.types.bool;
        default = true;
        description = "Whether the database is made on this host.";
      };

      name = lib.mkOption {
        type = lib.types.str;
        default = "paperdesk";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "paperdesk";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "10.88.0.1";
        description = "Where Paperdesk finds PostgreSQL.";
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
  };

  extraConfig = cfg: {
    # Only the proxy and the checks on this host reach the port.
    virtualisation.oci-containers.containers.paperdesk.ports = lib.mkForce [
      "127.0.0.1:${toString cfg.port}:8000"
    ];
    virtualisation.oci-containers.containers.paperdesk.dependsOn = [ "paperdesk-cache" "paperdesk-converter" ];

    modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
      owner = cfg.database.user;
      ownerPasswordFile = cfg.database.passwordFile;
      inherit (cfg.database) permissionsPolicy;
    };

    # The dataset must be there before the container makes a directory in its place.
    systemd.services."${config.virtualisation.oci-containers.backend}-paperdesk" = {
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      requires = lib.optionals cfg.database.manageDatabase [ "postgresql-provision-databases.service" ];
      wants = [ "zfs-service-datasets.service" ];
      after = [ "zfs-service-datasets.service" "postgresql-provision-databases.service" ];
      # Each folder must be there before the container sees it, and belong to who owns the data.
      preStart = ''
        cd ${cfg.dataDir}
        mkdir -p data consume
        chown --reference=. data consume
        chmod 0750 data consume
      '';
    };

    # Where its containers find each other by name.
    modules.virtualization.podman.networks.${serviceName} = lib.mkIf (cfg.podmanNetwork == serviceName) {
      driver = "bridge";
    };

    # sidecar of Paperdesk
    virtualisation.oci-containers.containers.paperdesk-cache = podmanLib.mkContainer "paperdesk-cache" {
      # renovate: datasource=docker depName=docker.io/valkey/valkey
      image = "docker.io/valkey/valkey:8.1.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      environment = {
        TZ = cfg.timezone;
      };
      resources = {
        memory = "256M";
        memoryReservation = "128M";
        cpus = "1.0";
      };
      extraOptions = [
        "--health-cmd=[\"valkey-cli\",\"ping\"]"
        "--health-interval=30s"
        "--health-timeout=10s"
        "--health-retries=3"
        "--health-start-period=60s"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-paperdesk-cache" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
      })
      (lib.mkIf notify {
        unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
      })
    ];

    # sidecar of Paperdesk
    virtualisation.oci-containers.containers.paperdesk-converter = podmanLib.mkContainer "paperdesk-converter" {
      # renovate: datasource=docker depName=docker.io/gotenberg/gotenberg
      image = "docker.io/gotenberg/gotenberg:8.20.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      environment = {
        TZ = cfg.timezone;
      };
      resources = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      extraOptions = [
        "--health-cmd=if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:3000/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:3000/health'; fi || exit 1"
        "--health-interval=30s"
        "--health-timeout=10s"
        "--health-retries=3"
        "--health-start-period=60s"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-paperdesk-converter" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
      })
      (lib.mkIf notify {
        unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
      })
    ];

    # reads documents
    virtualisation.oci-containers.containers.paperdesk-worker = podmanLib.mkContainer "paperdesk-worker" {
      # As the service's own container, with another command.
      inherit (config.virtualisation.oci-containers.containers.paperdesk) image environmentFiles environment volumes;
      cmd = [ "paperdesk" "worker" ];
      dependsOn = [ "paperdesk-cache" "paperdesk-converter" "paperdesk" ];
      resources = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      extraOptions = [
        # The image's own check asks for the service's page, which is not here.
        "--no-healthcheck"
        # The account of the host, so that it owns the files.
        "--user=${cfg.user}:${groupId}"
        "--umask=0027"
      ] ++ lib.optionals (nfsMount != null) [
        "--group-add=${toString config.users.groups.media.gid}"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ] ++ [
        # The server on this host listens on the engine's own network.
        "--network=podman"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-paperdesk-worker" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      {
        # The dataset must be mounted before anything is written in its place.
        unitConfig.RequiresMountsFor = [ cfg.dataDir ];
        wants = [ "zfs-service-datasets.service" ];
        after = [ "zfs-service-datasets.service" ];
      }
      (lib.mkIf (nfsMount != null) {
        requires = [ nfsMount.mountUnitName ];
        after = [ nfsMount.mountUnitName ];
      })
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
      })
      (lib.mkIf notify {
        unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
      })
      (lib.mkIf cfg.preseed.enable {
        requires = lib.optional (!allowEmptyBootstrap) "preseed-${serviceName}.service";
        wants = lib.optional allowEmptyBootstrap "preseed-${serviceName}.service";
        after = [ "preseed-${serviceName}.service" ];
      })
    ];

    # scheduler of Paperdesk
    virtualisation.oci-containers.containers.paperdesk-clock = podmanLib.mkContainer "paperdesk-clock" {
      # As the service's own container, with another command.
      inherit (config.virtualisation.oci-containers.containers.paperdesk) image environmentFiles environment volumes;
      cmd = [ "paperdesk" "beat" ];
      dependsOn = [ "paperdesk-worker" ];
      resources = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      extraOptions = [
        # The image's own check asks for the service's page, which is not here.
        "--no-healthcheck"
        # The account of the host, so that it owns the files.
        "--user=${cfg.user}:${groupId}"
        "--umask=0027"
      ] ++ lib.optionals (nfsMount != null) [
        "--group-add=${toString config.users.groups.media.gid}"
      ] ++ lib.optionals (cfg.podmanNetwork != null) [
        "--network=${cfg.podmanNetwork}"
      ] ++ [
        # The server on this host listens on the engine's own network.
        "--network=podman"
      ];
    };

    systemd.services."${config.virtualisation.oci-containers.backend}-paperdesk-clock" = lib.mkMerge [
      {
        wants = [ "network-online.target" ];
        after = [ "network-online.target" ];
      }
      {
        # The dataset must be mounted before anything is written in its place.
        unitConfig.RequiresMountsFor = [ cfg.dataDir ];
        wants = [ "zfs-service-datasets.service" ];
        after = [ "zfs-service-datasets.service" ];
      }
      (lib.mkIf (nfsMount != null) {
        requires = [ nfsMount.mountUnitName ];
        after = [ nfsMount.mountUnitName ];
      })
      (lib.mkIf (cfg.podmanNetwork != null) {
        requires = [ "podman-network-${cfg.podmanNetwork}.service" ];
        after = [ "podman-network-${cfg.podmanNetwork}.service" ];
      })
      (lib.mkIf notify {
        unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
      })
      (lib.mkIf cfg.preseed.enable {
        requires = lib.optional (!allowEmptyBootstrap) "preseed-${serviceName}.service";
        wants = lib.optional allowEmptyBootstrap "preseed-${serviceName}.service";
        after = [ "preseed-${serviceName}.service" ];
      })
    ];
  };
}
