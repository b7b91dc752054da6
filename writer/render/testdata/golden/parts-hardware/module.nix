# Linkwarden - bookmarks with copies
{ lib
, pkgs
, config
, podmanLib
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "linkwarden";
  cfg = config.modules.services.linkwarden;
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
  options.modules.services.linkwarden = {
    enable = lib.mkEnableOption "Linkwarden, bookmarks with copies";

    port = lib.mkOption {
      type = lib.types.port;
      # Not 3000, which grafana has.
      default = 3200;
      description = "Port of this host at which Linkwarden answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/linkwarden/linkwarden
      default = "ghcr.io/linkwarden/linkwarden:v2.9.3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Linkwarden, as environment variables.";
    };

    searchEnvironmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Linkwarden search, as environment variables.";
    };

    searchDevices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Linkwarden search may read and write.";
    };

    workerDevices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Linkwarden worker may read and write.";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/linkwarden";
      description = "Where this host keeps the data of Linkwarden.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "900";
      description = "Id of the account that Linkwarden runs as, the same on every host.";
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

    devices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Linkwarden may read and write.";
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
      description = "Reverse proxy in front of Linkwarden.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Linkwarden exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Linkwarden.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Linkwarden.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Linkwarden failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Linkwarden.";
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
          message = "modules.services.linkwarden.nfsMountDependency names no entry of modules.storage.nfsMounts.";
        }
      ];

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
        recordsize = "16K"; # small configuration files
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      users.users.${serviceName} = {
        isSystemUser = true;
        uid = lib.toInt cfg.user;
        inherit (cfg) group;
        description = "Linkwarden service";
        home = "/var/empty";
        createHome = false;
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          MEILI_HOST = "http://linkwarden-search:7700";
        };
        environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        volumes = [
          "${cfg.dataDir}/data:/data/data:rw"
        ]
        ++ lib.optional (nfsMount != null) "${nfsMount.localPath}:/data:rw";
        # Only the proxy and the checks on this host reach the port.
        ports = [ "127.0.0.1:${toString cfg.port}:3000" ];
        cmd = [ "serve" "--title" "my links" ];
        dependsOn = [ "linkwarden-converter" "linkwarden-search" ];
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:3000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:3000/' 2>&1 | grep -q HTTP/; fi || exit 1"
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
        ] ++ map (device: "--device=${device}:rw") cfg.devices ++ [
          # Groups of the host, by number: who is in them may open the devices.
          "--group-add=${toString config.users.groups.render.gid}"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
          # Each folder must be there before the container sees it, and belong to who owns the data.
          preStart = ''
            cd ${cfg.dataDir}
            mkdir -p data
            chown --reference=. data
            chmod 0750 data
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

      # sidecar of Linkwarden
      virtualisation.oci-containers.containers.linkwarden-converter = podmanLib.mkContainer "linkwarden-converter" {
        # renovate: datasource=docker depName=docker.io/gotenberg/gotenberg
        image = "docker.io/gotenberg/gotenberg:8.20.1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        environment = {
          TZ = cfg.timezone;
        };
        entrypoint = "tini";
        cmd = [ "--" "gotenberg" "--chromium-disable-javascript=true" ];
        resources = {
          memory = "512M";
          memoryReservation = "256M";
          cpus = "1.0";
        };
        extraOptions = [
          "--health-cmd=[\"gotenberg\",\"health\"]"
          "--health-interval=30s"
          "--health-timeout=10s"
          "--health-retries=3"
          "--health-start-period=60s"
        ] ++ lib.optionals (cfg.podmanNetwork != null) [
          "--network=${cfg.podmanNetwork}"
        ];
      };

      systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-converter" = lib.mkMerge [
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

      # finds words in copies
      virtualisation.oci-containers.containers.linkwarden-search = podmanLib.mkContainer "linkwarden-search" {
        # renovate: datasource=docker depName=docker.io/getmeili/meilisearch
        image = "docker.io/getmeili/meilisearch:v1.12.8@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        environment = {
          TZ = cfg.timezone;
          MEILI_NO_ANALYTICS = "true";
        };
        environmentFiles = lib.optional (cfg.searchEnvironmentFile != null) cfg.searchEnvironmentFile;
        volumes = [
          "${cfg.dataDir}/search:/meili_data:rw"
        ];
        resources = {
          memory = "1G";
          memoryReservation = "512M";
          cpus = "1.0";
        };
        extraOptions = [
          "--health-cmd=if command -v curl >/dev/null; then curl -fsS -o /dev/null -m 8 'http://127.0.0.1:7700/health'; elif command -v wget >/dev/null; then wget -q -O /dev/null -T 8 'http://127.0.0.1:7700/health'; fi || exit 1"
          "--health-interval=30s"
          "--health-timeout=10s"
          "--health-retries=3"
          "--health-start-period=60s"
          # The account of the host, so that it owns the files.
          "--user=${cfg.user}:${groupId}"
          "--umask=0027"
        ] ++ lib.optionals (cfg.podmanNetwork != null) [
          "--network=${cfg.podmanNetwork}"
        ] ++ map (device: "--device=${device}:rw") cfg.searchDevices ++ [
          # Groups of the host, by number: who is in them may open the devices.
          "--group-add=${toString config.users.groups.render.gid}"
        ];
      };

      systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-search" = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
          # Each folder must be there before the container sees it, and belong to who owns the data.
          preStart = ''
            cd ${cfg.dataDir}
            mkdir -p search
            chown --reference=. search
            chmod 0750 search
          '';
        }
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

      # worker of Linkwarden
      virtualisation.oci-containers.containers.linkwarden-worker = podmanLib.mkContainer "linkwarden-worker" {
        # As the service's own container, with another command.
        inherit (config.virtualisation.oci-containers.containers.linkwarden) image environmentFiles;
        environment = config.virtualisation.oci-containers.containers.linkwarden.environment // {
          WORKER_LANES = "2";
        };
        volumes = config.virtualisation.oci-containers.containers.linkwarden.volumes ++ [
          "${cfg.dataDir}/worker:/work:rw"
        ];
        cmd = [ "yarn" "worker start" ];
        dependsOn = [ "linkwarden-converter" "linkwarden-search" "linkwarden" ];
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
        ] ++ map (device: "--device=${device}:rw") cfg.workerDevices ++ [
          # Groups of the host, by number: who is in them may open the devices.
          "--group-add=${toString config.users.groups.render.gid}"
        ];
      };

      systemd.services."${config.virtualisation.oci-containers.backend}-linkwarden-worker" = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
          # Each folder must be there before the container sees it, and belong to who owns the data.
          preStart = ''
            cd ${cfg.dataDir}
            mkdir -p worker
            chown --reference=. worker
            chmod 0750 worker
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

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Linkwarden failed";
          body = lib.mkDefault ''
            Linkwarden is in a failed state on ''${hostname}.

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
          recordsize = "16K";
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
