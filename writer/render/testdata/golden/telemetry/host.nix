# Carlog - log of a car
#
# It has its own login.
# No dataset, backup, snapshots or restore before the first start: its data are
# in database carlog, and what protects the server protects them.
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
        database.passwordFile = config.sops.secrets."carlog/database-password".path;
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."carlog/mqtt-password".path;
        };
        grafana.enable = true;
        environmentFile = config.sops.templates.carlog-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "carlog/encryption-key" = { };
        "carlog/mqtt-password" = { };
        # What makes the database reads it too.
        "carlog/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
        };
      };

      sops.templates.carlog-env = {
        content = ''
          ENCRYPTION_KEY=${config.sops.placeholder."carlog/encryption-key"}
          MQTT_PASSWORD=${config.sops.placeholder."carlog/mqtt-password"}
          DATABASE_PASS=${config.sops.placeholder."carlog/database-password"}
        '';
        restartUnits = [ "podman-carlog.service" ];
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
