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
        "gotify/gotify-token" = { };
      };

      sops.templates.gotify-env = {
        content = ''
          GOTIFY_TOKEN=${config.sops.placeholder."gotify/gotify-token"}
        '';
        restartUnits = [ "gotify.service" "gotify-queue.service" "gotify-worker.service" "gotify-cleaner.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "gotify" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/gotify" = forgeDefaults.mkSanoidDataset "gotify";

      modules.alerting.rules.gotify-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify" "Gotify" "Server for sending and receiving messages in real-time per WebSocket";

      modules.alerting.rules.gotify-queue-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify-queue" "Gotify queue" "sidecar of Gotify";

      modules.alerting.rules.gotify-worker-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify-worker" "Gotify worker" "sends what waits";

      modules.alerting.rules.gotify-cleaner-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify-cleaner" "Gotify cleaner" "scheduler of Gotify";

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
