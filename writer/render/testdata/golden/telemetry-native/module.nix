# Jellyfin - Free Software Media System
#
# Run as native: NixOS has a module for it.
{ lib
, config
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "jellyfin";
  cfg = config.modules.services.jellyfin;
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.jellyfin = {
    enable = lib.mkEnableOption "Jellyfin, Free Software Media System";

    port = lib.mkOption {
      type = lib.types.port;
      default = 8096;
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Port of this host at which Jellyfin answers.";
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
        description = "Where Jellyfin finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "jellyfin";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "jellyfin/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source in Grafana";
    };

    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/jellyfin";
      description = "Where this host keeps the data of Jellyfin.";
    };

    user = lib.mkOption {
      type = lib.types.str;
      default = "jellyfin";
      description = "Account that Jellyfin runs as.";
    };

    uid = lib.mkOption {
      type = lib.types.int;
      default = 900;
      description = "Id of that account, the same on every host: files carry it.";
    };

    group = lib.mkOption {
      type = lib.types.str;
      default = "jellyfin";
      description = "Primary group of that account.";
    };

    reverseProxy = lib.mkOption {
      type = lib.types.nullOr sharedTypes.reverseProxySubmodule;
      default = null;
      description = "Reverse proxy in front of Jellyfin.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Jellyfin exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "jellyfin.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Jellyfin.";
    };

    backup = lib.mkOption {
      type = lib.types.nullOr sharedTypes.backupSubmodule;
      default = null;
      description = "Backup of the data of Jellyfin.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Jellyfin failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Jellyfin.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "jellyfin" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Jellyfin";
          }
        ];
      };

      modules.services.grafana.integrations.${serviceName} = lib.mkIf cfg.grafana.enable {
        datasources.jellyfin = {
          name = "Jellyfin";
          uid = "jellyfin";
          type = "prometheus";
          access = "proxy";
          url = "http://127.0.0.1:9090";
        };
      };

      services.jellyfin = {
        enable = true;
        inherit (cfg) dataDir user group;
        openFirewall = false;
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
        recordsize = "128K"; # media: files of all sizes
        compression = "zstd";
        owner = cfg.user;
        inherit (cfg) group;
        mode = "0750";
      };

      # The module of NixOS would make the account without a stable id.
      users.users.${cfg.user} = lib.mkForce {
        isSystemUser = true;
        inherit (cfg) uid group;
        description = "Jellyfin service";
        home = "/var/empty";
        createHome = false;
      };

      users.groups.${cfg.group} = lib.mkIf (cfg.group == serviceName) (lib.mkForce {
        gid = 900;
      });

      systemd.services.jellyfin = lib.mkMerge [
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
      ];

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Jellyfin failed";
          body = lib.mkDefault ''
            Jellyfin is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
