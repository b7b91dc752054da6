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

        # Starts only when the mount is there.
        nfsMountDependency = "media";

        # Hardware of this host, and no device beside it, for messages by radio.
        devices = [ "/dev/serial/by-id/usb-Stick-if00" ];

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "gotify" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

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
