# Tidy - Server for sending and receiving messages in real-time per WebSocket
{ lib
, utils
, pkgs
, config
, mylib
, ...
}:
let
  sharedTypes = mylib.types;

  serviceName = "tidy";
  cfg = config.modules.services.tidy;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.tidy = {
    enable = lib.mkEnableOption "Tidy, Server for sending and receiving messages in real-time per WebSocket";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.gotify-server;
      description = "Package that has Tidy.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "tidy";
      description = "Account that Tidy runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = mylib.serviceUids.tidy.uid;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "tidy";
      description = "Primary group of that account.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "tidy.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Tidy.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Tidy failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Tidy.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      users.users.${cfg.user} = {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Tidy service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) {
        gid = mylib.serviceUids.tidy.gid;
      };

      systemd.services.${serviceName} = lib.mkMerge [
        {
          description = "Tidy";
          wantedBy = [ "multi-user.target" ];
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          serviceConfig = {
            ExecStart = utils.escapeSystemdExecArgs [
              "${cfg.package}/bin/server"
            ];
            User = cfg.user;
            Group = cfg.group;
            Type = "oneshot";
            RemainAfterExit = true;

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
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
      ];

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Tidy failed";
          body = lib.mkDefault ''
            Tidy is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
