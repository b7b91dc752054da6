# Carlog - log of a car
#
# It has its own login.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "carlog.${config.networking.domain}";
  serviceEnabled = config.modules.services.carlog.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.carlog = {
        enable = true;
        secrets = {
          mqttPasswordFile = config.sops.secrets."carlog/mqtt-password".path;
        };
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."carlog/mqtt-password".path;
        };
        grafana.enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "carlog/mqtt-password".restartUnits = [ "podman-carlog.service" ];
      };

      modules.alerting.rules.carlog-service-down =
        forgeDefaults.mkServiceDownAlert "carlog" "Carlog" "log of a car";

      modules.services.homepage.contributions.carlog = {
        group = "Productivity";
        name = "Carlog";
        icon = "carlog";
        href = "https://${serviceDomain}";
        description = "log of a car";
        siteMonitor = "http://127.0.0.1:4000";
      };

      modules.services.gatus.contributions.carlog = {
        name = "Carlog";
        group = "Productivity";
        url = "https://${serviceDomain}";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Carlog is not responding";
          }
        ];
      };
    })
  ];
}
