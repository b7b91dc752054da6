# Miniflux - for the test
{ lib
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "miniflux";
  cfg = config.modules.services.miniflux;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.miniflux = {
    enable = lib.mkEnableOption "Miniflux, for the test";

    port = lib.mkOption {
      type = lib.types.port;
      default = 8585;
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Port of this host at which Miniflux answers.";
    };

    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      description = "File with the secrets of Miniflux, as environment variables.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "miniflux";
      description = "Account that Miniflux runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "miniflux";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Miniflux.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Miniflux exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "miniflux.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Miniflux.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Miniflux failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Miniflux.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      services.miniflux = {
        enable = true;

        # Login through the identity provider.
        config.OAUTH2_PROVIDER = "oidc";
        config.OAUTH2_REDIRECT_URL = "https://miniflux.${config.networking.domain}/oauth2/oidc/callback";
        config.OAUTH2_USER_CREATION = 1;
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
        description = "Miniflux service";
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
            EnvironmentFile = lib.mkIf (cfg.environmentFile != null) cfg.environmentFile;
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
          title = lib.mkDefault "Miniflux failed";
          body = lib.mkDefault ''
            Miniflux is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
