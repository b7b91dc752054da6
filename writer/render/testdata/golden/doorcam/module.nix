# Doorcam - cameras and what they see
{ lib
, pkgs
, config
, podmanLib
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "doorcam";
  cfg = config.modules.services.doorcam;
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
  options.modules.services.doorcam = {
    enable = lib.mkEnableOption "Doorcam, cameras and what they see";

    port = lib.mkOption {
      type = lib.types.port;
      default = 5000;
      description = "Port of this host at which Doorcam answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/example/doorcam
      default = "ghcr.io/example/doorcam:0.16.2@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Doorcam, as environment variables.";
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
        description = "Where Doorcam finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "doorcam";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "doorcam/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/doorcam";
      description = "Where this host keeps the data of Doorcam.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "900";
      description = "Id of the account that Doorcam runs as, the same on every host.";
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

    nfsMountDependency = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      description = "Entry of modules.storage.nfsMounts without which the service must not start.";
    };

    devices = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Devices of the host that Doorcam may read and write.";
    };

    resources = lib.mkOption {
      type = lib.types.nullOr sharedTypes.containerResourcesSubmodule;
      default = {
        memory = "4G";
        memoryReservation = "2G";
        cpus = "4";
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
      description = "Reverse proxy in front of Doorcam.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Doorcam exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Doorcam.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Doorcam.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Doorcam failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Doorcam.";
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
          message = "modules.services.doorcam.nfsMountDependency names no entry of modules.storage.nfsMounts.";
        }
      ];

      modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "doorcam" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Doorcam";
          }
        ];
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
        recordsize = "1M"; # large files that are read from end to end
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      users.users.${serviceName} = {
        isSystemUser = true;
        uid = lib.toInt cfg.user;
        inherit (cfg) group;
        description = "Doorcam service";
        home = "/var/empty";
        createHome = false;
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          MQTT_HOST = cfg.mqtt.host;
          MQTT_USER = cfg.mqtt.username;
        };
        environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
        volumes = [
          "${cfg.dataDir}/config:/config:rw"
          "${cfg.dataDir}/doorcam:/media/doorcam:rw"
        ]
        ++ lib.optional (nfsMount != null) "${nfsMount.localPath}:/media/archive:ro";
        # Only the proxy and the checks on this host reach the port.
        ports = [ "127.0.0.1:${toString cfg.port}:5000" ];
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:5000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:5000/' 2>&1 | grep -q HTTP/; fi || exit 1"
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
        ] ++ map (device: "--device=${device}:rw") cfg.devices ++ [
          # Groups of the host, by number: who is in them may open the devices.
          "--group-add=${toString config.users.groups.render.gid}"
          "--group-add=${toString config.users.groups.dialout.gid}"
          # What it may do beyond others of its kind: read performance counters, for decoding video and detecting objects.
          "--cap-add=PERFMON"
          # More shared memory than the engine gives by itself, for decoding video and detecting objects.
          "--shm-size=512M"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        (lib.mkIf cfg.mqtt.enable {
          wants = [ "podman-emqx.service" ];
          after = [ "podman-emqx.service" ];
        })
        {
          # The dataset must be mounted before anything is written in its place.
          unitConfig.RequiresMountsFor = [ cfg.dataDir ];
          wants = [ "zfs-service-datasets.service" ];
          after = [ "zfs-service-datasets.service" ];
          # Each folder must be there before the container sees it, and belong to who owns the data.
          preStart = ''
            cd ${cfg.dataDir}
            mkdir -p config doorcam
            chown --reference=. config doorcam
            chmod 0750 config doorcam
          '';
        }
        (lib.mkIf (nfsMount != null) {
          requires = [ nfsMount.mountUnitName ];
          after = [ nfsMount.mountUnitName ];
        })
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
        (lib.mkIf cfg.preseed.enable {
          wants = [ "preseed-${serviceName}.service" ];
          after = [ "preseed-${serviceName}.service" ];
        })
      ];

      # Writes what the alert on a check that is no longer made asks for.
      systemd.services.doorcam-healthcheck = {
        description = "Check of Doorcam";
        startAt = "minutely";
        path = [ pkgs.curl ];
        script = ''
          up=0
          if curl -sS -o /dev/null -m 10 "http://127.0.0.1:${toString cfg.port}/"; then
            up=1
          fi
          file=/var/lib/node_exporter/textfile_collector/doorcam-healthcheck.prom
          {
            echo "doorcam_up $up"
            echo "doorcam_last_check_timestamp $(date +%s)"
          } > "$file.new"
          mv "$file.new" "$file"
        '';
        serviceConfig = {
          Type = "oneshot";
          # The account that reads the file.
          User = "node-exporter";
          Group = "node-exporter";
          UMask = "0027";
          NoNewPrivileges = true;
          PrivateTmp = true;
          ProtectSystem = "strict";
          ProtectHome = true;
          ReadWritePaths = [ "/var/lib/node_exporter/textfile_collector" ];
        };
      };

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Doorcam failed";
          body = lib.mkDefault ''
            Doorcam is in a failed state on ''${hostname}.

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
          recordsize = "1M";
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
