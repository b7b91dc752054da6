# Scout - finds machines
{ lib
, config
, podmanLib
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "scout";
  cfg = config.modules.services.scout;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.scout = {
    enable = lib.mkEnableOption "Scout, finds machines";

    port = lib.mkOption {
      type = lib.types.port;
      default = 8099;
      # Nothing hands it to the software, so setting it would do nothing.
      readOnly = true;
      description = "Port of this host at which Scout answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/x/scout
      default = "ghcr.io/x/scout:1.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    timezone = lib.mkOption {
      type = lib.types.str;
      default = "Europe/Berlin";
      description = "Time zone of the container.";
    };

    resources = lib.mkOption {
      type = lib.types.nullOr sharedTypes.containerResourcesSubmodule;
      default = {
        memory = "512M";
        memoryReservation = "256M";
        cpus = "1.0";
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
      description = "Reverse proxy in front of Scout.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Scout exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Scout.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Scout failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Scout.";
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

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
        };
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:8099/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:8099/' 2>&1 | grep -q HTTP/; fi || exit 1"
          "--health-interval=${cfg.healthcheck.interval}"
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ] ++ [
          # What it may do beyond others of its kind: configure networks and firewalls; send and receive raw packets.
          "--cap-add=NET_ADMIN"
          "--cap-add=NET_RAW"
          # On the host's network: its ports are the host's own, and nothing is published.
          "--network=host"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
      ];

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Scout failed";
          body = lib.mkDefault ''
            Scout is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
