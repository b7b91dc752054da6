# Radio - devices by radio
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "radio.${config.networking.domain}";
  serviceEnabled = config.modules.services.radio.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.radio = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";

        # Hardware of this host, and no device beside it, for the radio adapter.
        devices = [ "/dev/serial/by-id/usb-Stick-if00:/dev/radio" ];

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "radio" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.radio.protection = {
        class = "standard";
        objectives = {
          offsiteRpoSeconds = null;
          onsiteRpoSeconds = 3600;
          rtoSeconds = 14400;
        };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        # Nothing can be restored before it has run once: then set it to false,
        # lest it starts empty where a restore fails.
        allowEmptyBootstrap = true;
      };

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/radio" = forgeDefaults.mkSanoidDataset "radio";

      modules.alerting.rules.radio-service-down =
        forgeDefaults.mkServiceDownAlert "radio" "Radio" "devices by radio";

      modules.services.homepage.contributions.radio = {
        group = "Infrastructure";
        name = "Radio";
        icon = "radio";
        href = "https://${serviceDomain}";
        description = "devices by radio";
        siteMonitor = "http://127.0.0.1:8091";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.radio = {
        name = "Radio";
        group = "Infrastructure";
        url = "http://127.0.0.1:8091/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Radio is not responding";
          }
        ];
      };
    })
  ];
}
