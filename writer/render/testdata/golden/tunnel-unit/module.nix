# Shiori - Simple bookmark manager built with Go
{ lib
, utils
, pkgs
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "shiori";
  cfg = config.modules.services.shiori;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.shiori = {
    enable = lib.mkEnableOption "Shiori, Simple bookmark manager built with Go";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.shiori;
      description = "Package that has Shiori.";
    };

    port = lib.mkOption {
      type = lib.types.port;
      default = 8484;
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Port of this host at which Shiori answers.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "shiori";
      description = "Account that Shiori runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "shiori";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Shiori.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Shiori exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "shiori.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Shiori.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Shiori failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Shiori.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
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
        description = "Shiori service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) {
        gid = 900;
      };

      systemd.services.${serviceName} = lib.mkMerge [
        {
          description = "Shiori";
          wantedBy = [ "multi-user.target" ];
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
          serviceConfig = {
            ExecStart = utils.escapeSystemdExecArgs [
              "${cfg.package}/bin/shiori"
            ];
            User = cfg.user;
            Group = cfg.group;
            Restart = "on-failure";
            RestartSec = "10s";

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
          title = lib.mkDefault "Shiori failed";
          body = lib.mkDefault ''
            Shiori is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
