# Gotify - Server for sending and receiving messages in real-time per WebSocket
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "gotify.${config.networking.domain}";
  serviceEnabled = config.modules.services.gotify.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.gotify = {
        enable = true;
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."gotify/gotify-mqtt-password".path;
        };
        grafana = {
          enable = true;
          tokenFile = config.sops.secrets."gotify/grafana-token".path;
        };
        environmentFile = config.sops.templates.gotify-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "gotify" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "gotify/gotify-mqtt-password" = { };
        "gotify/grafana-token" = { };
      };

      sops.templates.gotify-env = {
        content = ''
          GOTIFY_MQTT_PASSWORD=${config.sops.placeholder."gotify/gotify-mqtt-password"}
        '';
        restartUnits = [ "gotify.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "gotify" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/gotify" = forgeDefaults.mkSanoidDataset "gotify";

      modules.alerting.rules.gotify-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify" "Gotify" "Server for sending and receiving messages in real-time per WebSocket";

      modules.services.homepage.contributions.gotify = {
        group = "Infrastructure";
        name = "Gotify";
        icon = "gotify";
        href = "https://${serviceDomain}";
        description = "Server for sending and receiving messages in real-time per WebSocket";
        siteMonitor = "http://127.0.0.1:8070";
      };

      modules.services.gatus.contributions.gotify = {
        name = "Gotify";
        group = "Infrastructure";
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
            description = "Gotify is not responding";
          }
        ];
      };
    })
  ];
}
