# Gotify - Server for sending and receiving messages in real-time per WebSocket
{ lib
, utils
, pkgs
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "gotify";
  cfg = config.modules.services.gotify;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
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

    secrets = {
      gotifyDefaultuserPassFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of GOTIFY_DEFAULTUSER_PASS.";
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
        default = "gotify";
        description = "Name of the database.";
      };

      user = lib.mkOption {
        type = lib.types.str;
        default = "gotify_owner";
        description = "Role that owns the database.";
      };

      host = lib.mkOption {
        type = lib.types.str;
        default = "127.0.0.1";
        description = "Where Gotify finds PostgreSQL.";
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

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Gotify failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Gotify.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
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
          serviceConfig = {
            ExecStart = utils.escapeSystemdExecArgs [
              "${cfg.package}/bin/server"
              "--listen"
              "127.0.0.1:${toString cfg.port}"
              "--database"
              "${cfg.database.name}"
            ];
            User = cfg.user;
            Group = cfg.group;
            Restart = "on-failure";
            RestartSec = "10s";
            # It is not there yet when it is written.
            EnvironmentFile = "-/run/gotify-env/env";

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
            ReadWritePaths = [ ];
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
              "gotify-defaultuser-pass:${cfg.secrets.gotifyDefaultuserPassFile}"
              "database-password:${cfg.database.passwordFile}"
            ];
            RuntimeDirectory = [ "gotify-env" ];
            RuntimeDirectoryMode = "0700";
          };
          # The file is there whole or not at all, and gone when the unit stops.
          preStart = ''
            umask 077
            trap 'rm -f /run/gotify-env/env.new' EXIT
            gotifyDefaultuserPass=$(sed 's/[\"$`]/\\&/g' "$CREDENTIALS_DIRECTORY/gotify-defaultuser-pass")
            databasePassword=$(sed 's/[\"$`]/\\&/g' "$CREDENTIALS_DIRECTORY/database-password")
            cat > /run/gotify-env/env.new <<EOF
            GOTIFY_DEFAULTUSER_PASS="$gotifyDefaultuserPass"
            GOTIFY_DATABASE_CONNECTION="host=${cfg.database.host} port=${toString cfg.database.port} user=${cfg.database.user} dbname=${cfg.database.name} password=$databasePassword"
            EOF
            mv /run/gotify-env/env.new /run/gotify-env/env
          '';
        }
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
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
  ];
}
