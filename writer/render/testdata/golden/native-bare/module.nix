# Feeds - feed reader
{ lib
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "feeds";
  cfg = config.modules.services.feeds;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.feeds = {
    enable = lib.mkEnableOption "Feeds, feed reader";

    port = lib.mkOption {
      type = lib.types.port;
      default = 8585;
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Port of this host at which Feeds answers.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "feeds";
      description = "Account that Feeds runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "feeds";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Feeds.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Feeds exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "miniflux.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Feeds.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Feeds failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Feeds.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      services.miniflux = {
        enable = true;
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

      # The module of NixOS would make the account without a stable id.
      users.users.${cfg.user} = lib.mkForce {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Feeds service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) (lib.mkForce {
        gid = 900;
      });

      systemd.services.miniflux = lib.mkMerge [
        {
          serviceConfig = {
            # A stable account instead of one that changes at every start.
            DynamicUser = lib.mkForce false;
            User = lib.mkForce cfg.user;
            Group = lib.mkForce cfg.group;
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
          title = lib.mkDefault "Feeds failed";
          body = lib.mkDefault ''
            Feeds is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
