# Gotify - Server for sending and receiving messages in real-time per WebSocket
{ lib
, utils
, pkgs
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "gotify";
  cfg = config.modules.services.gotify;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
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
  options.modules.services.gotify = {
    enable = lib.mkEnableOption "Gotify, Server for sending and receiving messages in real-time per WebSocket";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.gotify-server;
      description = "Package that has Gotify.";
    };

    port = lib.mkOption {
      type = lib.types.port;
      default = 8070;
      description = "Port of this host at which Gotify answers.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Gotify, as environment variables.";
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
        default = "127.0.0.1";
        description = "Where Gotify finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "gotify";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "gotify/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source in Grafana";

      tokenFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the token that Grafana reads the data with.";
      };
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/gotify";
      description = "Where this host keeps the data of Gotify.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "gotify";
      description = "Account that Gotify runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "gotify";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Gotify.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Gotify exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "gotify.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Gotify.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Gotify.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Gotify failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Gotify.";
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
      modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "gotify" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Gotify";
          }
        ];
      };

      modules.services.grafana.integrations.${serviceName} = lib.mkIf cfg.grafana.enable {
        datasources.gotify = {
          name = "Gotify";
          uid = "gotify";
          type = "influxdb";
          access = "proxy";
          url = "http://127.0.0.1:8086";
          jsonData = {
            version = "Flux";
            organization = "home";
            defaultBucket = "messages";
          };
          secureJsonData.token = "$__file{/run/credentials/grafana.service/gotify-grafana-token}";
        };
        loadCredentials = [
          "gotify-grafana-token:${cfg.grafana.tokenFile}"
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
        recordsize = "16K"; # SQLite: pages are small
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      users.users.${cfg.user} = {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Gotify service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) {
        gid = 900;
      };

      systemd.services.${serviceName} = lib.mkMerge [
        {
          description = "Gotify";
          wantedBy = [ "multi-user.target" ];
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          environment = {
            HOME = cfg.dataDir;
            GOTIFY_BROKER = "${cfg.mqtt.host}:${toString cfg.mqtt.port}";
          };
          serviceConfig = {
            ExecStart = utils.escapeSystemdExecArgs [
              "${cfg.package}/bin/server"
              "--listen"
              "127.0.0.1:${toString cfg.port}"
              "--broker"
              "${cfg.mqtt.host}"
            ];
            User = cfg.user;
            Group = cfg.group;
            Restart = "on-failure";
            RestartSec = "10s";
            EnvironmentFile = lib.mkIf (cfg.environmentFile != null) cfg.environmentFile;
            WorkingDirectory = cfg.dataDir;
            UMask = "0027";

            NoNewPrivileges = true;
            PrivateTmp = true;
            PrivateDevices = true;
            ProtectSystem = "strict";
            ProtectHome = true;
            ProtectKernelTunables = true;
            ProtectKernelModules = true;
            ProtectControlGroups = true;
            RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
            RestrictNamespaces = true;
            RestrictSUIDSGID = true;
            LockPersonality = true;
            CapabilityBoundingSet = "";
            ReadWritePaths = [ cfg.dataDir ];
          };
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
        }
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
          title = lib.mkDefault "Gotify failed";
          body = lib.mkDefault ''
            Gotify is in a failed state on ''${hostname}.

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
        mainServiceUnit = "gotify.service";
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
