# Ledger - accounts of a household
{ lib
, utils
, pkgs
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  storageHelpers = import ../../storage/helpers-lib.nix { inherit pkgs lib; };

  serviceName = "ledger";
  cfg = config.modules.services.ledger;
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
  options.modules.services.ledger = {
    enable = lib.mkEnableOption "Ledger, accounts of a household";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.gotify-server;
      description = "Package that has Ledger.";
    };

    port = lib.mkOption {
      type = lib.types.port;
      default = 8075;
      description = "Port of this host at which Ledger answers.";
    };

    secrets = {
      ledgerKeyFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of LEDGER_KEY.";
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
        default = "ledger";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "ledger";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "127.0.0.1";
        description = "Where Ledger finds PostgreSQL.";
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
        default = "owner-only";
        description = "Who else may read the database.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source in Grafana";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/ledger";
      description = "Where this host keeps the data of Ledger.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "ledger";
      description = "Account that Ledger runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "ledger";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Ledger.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Ledger exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "ledger.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Ledger.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Ledger.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Ledger failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Ledger.";
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
      modules.services.postgresql.databases.${cfg.database.name} = lib.mkIf cfg.database.manageDatabase {
        owner = cfg.database.user;
        ownerPasswordFile = cfg.database.passwordFile;
        inherit (cfg.database) permissionsPolicy;
      };

      modules.services.grafana.integrations.${serviceName} = lib.mkIf cfg.grafana.enable {
        datasources.ledger = {
          name = "Ledger";
          uid = "ledger";
          type = "prometheus";
          access = "proxy";
          url = "http://127.0.0.1:9090";
        };
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
        description = "Ledger service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) {
        gid = 900;
      };

      systemd.services.${serviceName} = lib.mkMerge [
        {
          description = "Ledger";
          wantedBy = [ "multi-user.target" ];
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          environment = {
            HOME = cfg.dataDir;
            LEDGER_CURRENCY = "EUR";
          };
          serviceConfig = {
            ExecStart = utils.escapeSystemdExecArgs [
              "${cfg.package}/bin/server"
              "--listen"
              "127.0.0.1:${toString cfg.port}"
              "--data"
              "${cfg.dataDir}"
            ];
            User = cfg.user;
            Group = cfg.group;
            Restart = "on-failure";
            RestartSec = "10s";
            # It is not there yet when it is written.
            EnvironmentFile = "-/run/ledger-env/env";
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
        (lib.mkIf cfg.database.manageDatabase {
          # The role and the database must be there.
          requires = [ "postgresql-provision-databases.service" ];
          after = [ "postgresql-provision-databases.service" ];
        })
        {
          serviceConfig = {
            LoadCredential = [
              "ledger-key:${cfg.secrets.ledgerKeyFile}"
              "database-password:${cfg.database.passwordFile}"
            ];
            RuntimeDirectory = [ "ledger-env" ];
            RuntimeDirectoryMode = "0700";
          };
          # The file is there whole or not at all, and gone when the unit stops.
          preStart = ''
            umask 077
            trap 'rm -f /run/ledger-env/env.new' EXIT
            ledgerKey=$(sed 's/[\"$`]/\\&/g' "$CREDENTIALS_DIRECTORY/ledger-key")
            databasePassword=$(sed 's/[\"$`]/\\&/g' "$CREDENTIALS_DIRECTORY/database-password")
            cat > /run/ledger-env/env.new <<EOF
            LEDGER_KEY="$ledgerKey"
            LEDGER_DATABASE="postgresql://${cfg.database.user}:$databasePassword@${cfg.database.host}:${toString cfg.database.port}/${cfg.database.name}?sslmode=disable"
            EOF
            mv /run/ledger-env/env.new /run/ledger-env/env
          '';
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
          title = lib.mkDefault "Ledger failed";
          body = lib.mkDefault ''
            Ledger is in a failed state on ''${hostname}.

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
        mainServiceUnit = "ledger.service";
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
