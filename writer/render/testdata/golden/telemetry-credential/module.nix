# Carlog - log of a car
{ lib
, pkgs
, config
, podmanLib
, ...
}:
let
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  serviceName = "carlog";
  cfg = config.modules.services.carlog;
  containerUnit = "${config.virtualisation.oci-containers.backend}-${serviceName}";
  proxied = cfg.reverseProxy != null && cfg.reverseProxy.enable;
  notify = (config.modules.notifications.enable or false) && cfg.notifications != null && cfg.notifications.enable;
in
{
  options.modules.services.carlog = {
    enable = lib.mkEnableOption "Carlog, log of a car";

    port = lib.mkOption {
      type = lib.types.port;
      default = 4000;
      description = "Port of this host at which Carlog answers.";
    };

    image = lib.mkOption {
      type = lib.types.str;
      # renovate: datasource=docker depName=ghcr.io/x/carlog
      default = "ghcr.io/x/carlog:1.0.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      description = "Container image, pinned by tag and digest.";
    };

    secrets = {
      mqttPasswordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the value of MQTT_PASSWORD.";
      };
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
        default = "host.containers.internal";
        description = "Where Carlog finds the broker.";
      };

      port = lib.mkOption {
        type = lib.types.port;
        default = 1883;
        description = "Port of the broker.";
      };

      username = lib.mkOption {
        type = lib.types.str;
        default = "car";
        description = "Account at the broker.";
      };

      passwordFile = lib.mkOption {
        type = lib.types.path;
        description = "File with the password of that account.";
      };

      topics = lib.mkOption {
        type = lib.types.listOf lib.types.str;
        default = [ "carlog/#" ];
        description = "Topics that the account may read and write.";
      };
    };

    grafana = {
      enable = lib.mkEnableOption "the data source and the dashboards in Grafana";

      folder = lib.mkOption {
        type = lib.types.str;
        default = "Carlog";
        description = "Folder of Grafana with the dashboards.";
      };

      dashboards = lib.mkOption {
        type = lib.types.path;
        default =
          let
            upstream = pkgs.fetchzip {
              url = "https://example.org/carlog-1.0.0.zip";
              hash = "sha256-VWolbrAGEBFZCf0SFNS3rd5h6i5GzX6958OA35kxuQ4=";
            };
          in
          "${upstream}";
        description = "Folder with the dashboards.";
      };
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
      description = "Reverse proxy in front of Carlog.";
    };

    metrics = lib.mkOption {
      type = lib.types.nullOr sharedTypes.metricsSubmodule;
      default = null;
      description = "Metrics that Carlog exposes.";
    };

    logging = lib.mkOption {
      type = lib.types.nullOr sharedTypes.loggingSubmodule;
      default = {
        enable = true;
        journalUnit = "${containerUnit}.service";
        labels.service = serviceName;
      };
      description = "Log shipping for Carlog.";
    };

    notifications = lib.mkOption {
      type = lib.types.nullOr sharedTypes.notificationSubmodule;
      default = {
        enable = true;
        customMessages.failure = "Carlog failed on ${config.networking.hostName}";
      };
      description = "Notifications about failures of Carlog.";
    };
  };

  config = lib.mkMerge [
    (lib.mkIf cfg.enable {
      modules.services.emqx.integrations.${serviceName} = lib.mkIf (cfg.mqtt.enable && cfg.mqtt.registerIntegration) {
        users = [
          {
            inherit (cfg.mqtt) username passwordFile;
            tags = [ "carlog" ];
          }
        ];
        acls = [
          {
            permission = "allow";
            action = "pubsub";
            subject = { kind = "user"; value = cfg.mqtt.username; };
            inherit (cfg.mqtt) topics;
            comment = "Carlog";
          }
        ];
      };

      modules.services.grafana.integrations.${serviceName} = lib.mkIf cfg.grafana.enable {
        datasources.carlog = {
          name = "Carlog";
          uid = "carlog";
          type = "prometheus";
          access = "proxy";
          url = "http://127.0.0.1:9090";
        };
        dashboards.carlog = {
          name = "Carlog";
          inherit (cfg.grafana) folder;
          path = cfg.grafana.dashboards;
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

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
          MQTT_URL = "mqtt://${cfg.mqtt.host}:${toString cfg.mqtt.port}";
        };
        environmentFiles = [ "/run/carlog-env/env" ];
        # Only the proxy and the checks on this host reach the port.
        ports = [ "127.0.0.1:${toString cfg.port}:4000" ];
        extraOptions = lib.optionals cfg.healthcheck.enable [
          "--health-cmd=if command -v curl >/dev/null; then curl -sS -o /dev/null -m 8 'http://127.0.0.1:4000/'; elif command -v wget >/dev/null; then wget -q -S -O /dev/null -T 8 'http://127.0.0.1:4000/' 2>&1 | grep -q HTTP/; fi || exit 1"
          "--health-interval=${cfg.healthcheck.interval}"
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ];
      };

      systemd.services.${containerUnit} = lib.mkMerge [
        {
          wants = [ "network-online.target" ];
          after = [ "network-online.target" ];
        }
        {
          serviceConfig = {
            LoadCredential = [
              "mqtt-password:${cfg.secrets.mqttPasswordFile}"
            ];
            RuntimeDirectory = [ "carlog-env" ];
            RuntimeDirectoryMode = "0700";
          };
          # The file is there whole or not at all, and gone when the unit stops.
          preStart = ''
            umask 077
            trap 'rm -f /run/carlog-env/env.new' EXIT
            mqttPassword=$(cat "$CREDENTIALS_DIRECTORY/mqtt-password")
            cat > /run/carlog-env/env.new <<EOF
            MQTT_PASSWORD=$mqttPassword
            EOF
            mv /run/carlog-env/env.new /run/carlog-env/env
          '';
        }
        (lib.mkIf cfg.mqtt.enable {
          wants = [ "podman-emqx.service" ];
          after = [ "podman-emqx.service" ];
        })
        (lib.mkIf notify {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
      ];

      modules.notifications.templates = lib.mkIf notify {
        "${serviceName}-failure" = {
          enable = lib.mkDefault true;
          priority = lib.mkDefault "high";
          title = lib.mkDefault "Carlog failed";
          body = lib.mkDefault ''
            Carlog is in a failed state on ''${hostname}.

            Logs: journalctl -u ''${serviceName} -n 100
            Restart: systemctl restart ''${serviceName}
          '';
        };
      };
    })
  ];
}
