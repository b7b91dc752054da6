# IT-Tools, in a container: a page of tools, nothing kept, nobody to sign in.
{ config, lib, podmanLib, ... }:
let
  inherit (lib) mkDefault mkEnableOption mkIf mkMerge mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };

  cfg = config.modules.services.it-tools;
  serviceName = "it-tools";
  backend = config.virtualisation.oci-containers.backend;
  mainServiceUnit = "${backend}-${serviceName}.service";
  hasCentralizedNotifications = config.modules.notifications.enable;
in
{
  options.modules.services.it-tools = {
    enable = mkEnableOption "IT-Tools";
    image = mkOption { type = types.str; default = "ghcr.io/corentinth/it-tools:2024.10.22@sha256:2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b"; description = "Image, by tag and digest."; };
    port = mkOption { type = types.port; default = 8380; description = "Port on the host."; };
    timezone = mkOption { type = types.str; default = "Europe/Berlin"; description = "Time zone in the container."; };

    healthcheck = mkOption {
      type = types.nullOr sharedTypes.healthcheckSubmodule;
      default = { enable = true; startPeriod = "60s"; };
      description = "Health check of the container.";
    };
    resources = mkOption {
      type = types.nullOr sharedTypes.containerResourcesSubmodule;
      default = { memory = "512M"; memoryReservation = "256M"; cpus = "1.0"; };
      description = "Limits of the container.";
    };

    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };

    logging = mkOption {
      type = types.nullOr sharedTypes.loggingSubmodule;
      default = { enable = true; journalUnit = mainServiceUnit; labels = { service = serviceName; service_type = "tools"; }; };
      description = "Logs.";
    };

    notifications = mkOption {
      type = types.nullOr sharedTypes.notificationSubmodule;
      default = { enable = true; channels.onFailure = [ "service-alerts" ]; customMessages.failure = "IT-Tools failed on ${config.networking.hostName}"; };
      description = "Notifications.";
    };
  };

  config = mkMerge [
    (mkIf cfg.enable {

      modules.services.caddy.virtualHosts.${serviceName} = mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
        enable = true;
        inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
        backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
      };

      virtualisation.oci-containers.containers.${serviceName} = podmanLib.mkContainer serviceName {
        inherit (cfg) image resources;
        environment = {
          TZ = cfg.timezone;
        };
        ports = [ "127.0.0.1:${toString cfg.port}:80" ];
        extraOptions = [
          "--pull=newer"
        ] ++ lib.optionals (cfg.healthcheck != null && cfg.healthcheck.enable) [
          "--health-cmd=${if cfg.healthcheck.command != null then cfg.healthcheck.command else "wget --spider -q http://127.0.0.1:80/"}"
          "--health-interval=0s" # no timers of podman's own
          "--health-timeout=${cfg.healthcheck.timeout}"
          "--health-retries=${toString cfg.healthcheck.retries}"
          "--health-start-period=${cfg.healthcheck.startPeriod}"
        ];
      };

      systemd.services."${backend}-${serviceName}" = mkMerge [
        (mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
          unitConfig.OnFailure = [ "notify@${serviceName}-failure:%n.service" ];
        })
      ];

      modules.notifications.templates = mkIf (hasCentralizedNotifications && cfg.notifications != null && cfg.notifications.enable) {
        "${serviceName}-failure" = {
          enable = mkDefault true;
          priority = mkDefault "high";
          title = mkDefault "IT-Tools failed";
          body = mkDefault "journalctl -u ${mainServiceUnit} -n 100";
        };
      };
    })
  ];
}
