# Paperdesk - archive of documents
{ lib
, pkgs
, config
, podmanLib
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "paperdesk";
  cfg = config.modules.services.paperdesk;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  groupId = toString config.users.groups.${cfg.group}.gid;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
  nfsMount =
    if cfg.nfsMountDependency == null then null
    else config.modules.storage.nfsMounts.${cfg.nfsMountDependency} or null;
  dataset = "${config.modules.storage.datasets.parentDataset}/${serviceName}";

  # Where the dataset is replicated to: said of itself or of one above it.
  snapshots = config.modules.backup.sanoid;
  replicatedBy = path:
    if path == "" then null
    else if ((snapshots.datasets.${path} or { }).replication or null) != null then path
    else replicatedBy (lib.concatStringsSep "/" (lib.init (lib.splitString "/" path)));
  replicated = replicatedBy dataset;
  replication =
    if replicated == null || !(snapshots.enable or false) then null
    else
      let target = snapshots.datasets.${replicated}.replication; in
      {
        inherit (target) targetHost;
        targetDataset = target.targetDataset + lib.removePrefix replicated dataset;
        sshUser = target.targetUser or snapshots.replicationUser;
        sshKeyPath = snapshots.sshKeyPath or "/var/lib/zfs-replication/.ssh/id_ed25519";
        sendOptions = target.sendOptions or "w";
        recvOptions = target.recvOptions or "u";
      };
in
{
  options.modules.services.paperdesk = {
    enable = lib.mkEnableOption "Paperdesk, archive of documents";

    port = lib.mkOption {
      type = lib.types.port;
      default = 8000;
      description = "Port of this host at which Paperdesk answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/example/paperdesk
      default = "ghcr.io/example/paperdesk:2.0.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
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
        default = "host.containers.internal";
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

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/paperdesk";
      description = "Where this host keeps the data of Paperdesk.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "900";
      description = "Id of the account that Paperdesk runs as, the same on every host.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "media";
      description = "Primary group of that account.";
    };

    timezone = lib.mkOption {
      type = lib.types.str;
      default = "Europe/Berlin";
      description = "Time zone of the container.";
    };

    podmanNetwork = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = serviceName;
      description = "Container network to join.";
    };

    nfsMountDependency = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Entry of modules.storage.nfsMounts without which the service must not start.";
    };

    resources = lib.mkOption {
      type = lib.types.nullOr sharedTypes.containerResourcesSubmodule;
      default = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
      };
      description = "Resource limits of the container.";
    };

    healthcheck = {
      enable = lib.mkEnableOption "container health check" // { default = true; };

      interval = lib.mkOption {
        type = lib.types.str;
        default = "30s";
        description = "Time between two checks.";
      };

      timeout = lib.mkOption {
        type = lib.types.str;
        default = "10s";
        description = "Time after which a check has failed.";
      };

      retries = lib.mkOption {
        type = lib.types.int;
        default = 3;
        description = "Failed checks in a row that make the container unhealthy.";
      };

      startPeriod = lib.mkOption {
        type = lib.types.str;
        default = "60s";
        description = "Time from the start in which failed checks do not count.";
      };
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Paperdesk.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Paperdesk exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Paperdesk.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Paperdesk.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Paperdesk failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Paperdesk.";
    };

    preseed = {
      enable = lib.mkEnableOption "restore of the data before the first start";

      repositoryUrl = lib.mkOption {
        type = lib.types.str;
        default = "";
        description = "Restic repository to restore from.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.nullOr lib.types.path;
        default = null;
        description = "File with the password of that repository.";
      };

      environmentFile = lib.mkOption {
        type = lib.types.nullOr lib.types.path;
        default = null;
        description = "File with credentials for that repository.";
      };

      restoreMethods = lib.mkOption {
        type = lib.types.listOf (lib.types.enum [ "local" "restic" "syncoid" ]);
        default = [ "syncoid" "local" ];
        description = "Ways to restore, tried in this order.";
      };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      assertions = [
        {
          assertion = cfg.nfsMountDependency == null || nfsMount != null;
          message = "modules.services.paperdesk.nfsMountDependency names no entry of modules.storage.nfsMounts.";
        }
      ];

      modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
        owner = cfg.database.user;
        ownerPasswordFile = cfg.database.passwordFile;
        inherit (cfg.database) permissionsPolicy;
      };

      modules.services.caddy.virtualHosts.${serviceName} = lib.mkIf proxied {
        enable = true;
        inherit (cfg.reverseProxy) hostName auth caddySecurity extraConfig reverseProxyBlock security;
        backend = {
          scheme = "http";
          host = "127.0.0.1";
          inherit (cfg) port;
        };
      };

      modules.storage.datasets.services.${serviceName} = {
        mountpoint = cfg.dataDir;
        recordsize = "128K"; # media: files of all sizes
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      users.users.${serviceName} = {
        isSystemUser = true;
        uid = lib.toInt cfg.user;
        inherit (cfg) group;
        description = "Paperdesk service";
        home = "/var/empty";
        createHome = false;
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          PAPERDESK_CONVERTER = "http://paperdesk-converter:3000";
          REDIS_URL = "redis://paperdesk-cache:6379";
        };
        environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        volumes = [
          "${cfg.dataDir}/data:/srv/paperdesk/data:rw"
          "${cfg.dataDir}/consume:/srv/paperdesk/consume:rw"
        ]
        ++ lib.optional (nfsMount != null) "${nfsMount.localPath}:/srv/documents:rw";
        # Only the proxy and the checks on this host reach the port.
        ports = [ "127.0.0.1:${toString cfg.port}:8000" ];
        dependsOn = [ "paperdesk-cache" "paperdesk-converter" ];
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:8000/healthz'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:8000/healthz'; fi || exit 1"
          "--health-interval=${cfg.healthcheck.interval}"
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ] ++ [
          # The account of the host, so that it owns the files.
          "--user=${cfg.user}:${groupId}"
          # Group-readable files, for whoever is in the group.
          "--umask=0027"
        ] ++ lib.optionals (nfsMount != null) [
          "--group-add=${toString config.users.groups.media.gid}"
        ] ++ lib.optionals (cfg.podmanNetwork != null) [
          "--network=${cfg.podmanNetwork}"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        (lib.mkIf cfg.database.manageDatabase {
          # The role and the database must be there.
          requires = [ "postgresql-provision-databases.service" ];
          after = [ "postgresql-provision-databases.service" ];
        })
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
          # Each folder must be there before the container sees it, and belong to who owns the data.
          preStart = ''
            cd ${cfg.dataDir}
            mkdir -p data consume
            chown --reference=. data consume
            chmod 0750 data consume
          '';
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
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

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
          wants = [ "preseed-${serviceName}.service" ];
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
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Paperdesk failed";
          body = lib.mkDefault ''
            Paperdesk is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })

    (lib.mkIf (cfg.enable && cfg.preseed.enable) (
      storageHelpers.mkPreseedService {
        inherit serviceName dataset;
        mountpoint = cfg.dataDir;
        mainServiceUnit = "${containerUnit}.service";
        replicationCfg = replication;
        datasetProperties = {
          recordsize = "128K";
          compression = "zstd";
        };
        resticRepoUrl = cfg.preseed.repositoryUrl;
        resticPasswordFile = cfg.preseed.passwordFile;
        resticEnvironmentFile = cfg.preseed.environmentFile;
        resticPaths = [ cfg.dataDir ];
        inherit (cfg.preseed) restoreMethods;
        hasCentralizedNotifications = config.modules.notifications.enable or false;
        owner = cfg.user;
        inherit (cfg) group;
      }
    ))
  ];
}
