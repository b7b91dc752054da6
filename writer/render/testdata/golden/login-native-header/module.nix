# Navidrome - for the test
{ lib
, pkgs
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "navidrome";
  cfg = config.modules.services.navidrome;
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
  options.modules.services.navidrome = {
    enable = lib.mkEnableOption "Navidrome, for the test";

    port = lib.mkOption {
      type = lib.types.port;
      default = 4533;
      description = "Port of this host at which Navidrome answers.";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/navidrome";
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Where this host keeps the data of Navidrome.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "navidrome";
      description = "Account that Navidrome runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "navidrome";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Navidrome.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Navidrome exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "navidrome.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Navidrome.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Navidrome.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Navidrome failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Navidrome.";
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
      services.navidrome = {
        enable = true;
        inherit (cfg) user group;
        settings.Port = cfg.port;
        settings.Address = "127.0.0.1";
        openFirewall = false;

        # The proxy says in a header who it is.
        settings.ExtAuth.Lists = [ "a" { "b c" = false; } ];
        settings.ExtAuth.UserHeader = "Remote-User";
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

      # The module of NixOS would make the account without a stable id.
      users.users.${cfg.user} = lib.mkForce {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Navidrome service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) (lib.mkForce {
        gid = 900;
      });

      systemd.services.navidrome = lib.mkMerge [
        {
          serviceConfig = {
            # Group-readable files: the backup reads them as a member of the group.
            UMask = lib.mkForce "0027";
            # A stable account instead of one that changes at every start.
            DynamicUser = lib.mkForce false;
            User = lib.mkForce cfg.user;
            Group = lib.mkForce cfg.group;
            ReadWritePaths = [ cfg.dataDir ];
          };
        }
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
          title = lib.mkDefault "Navidrome failed";
          body = lib.mkDefault ''
            Navidrome is in a failed state on ''${hostname}.

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
        mainServiceUnit = "navidrome.service";
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
