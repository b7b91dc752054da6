# Scout - finds machines
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "scout.${config.networking.domain}";
  serviceEnabled = config.modules.services.scout.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.scout = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "scout" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "scout" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.scout.protection = {
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
      modules.backup.sanoid.datasets."tank/services/scout" = forgeDefaults.mkSanoidDataset "scout";

      modules.alerting.rules.scout-service-down =
        forgeDefaults.mkServiceDownAlert "scout" "Scout" "finds machines";

      modules.services.homepage.contributions.scout = {
        group = "Infrastructure";
        name = "Scout";
        icon = "scout";
        href = "https://${serviceDomain}";
        description = "finds machines";
        siteMonitor = "http://127.0.0.1:8099";
      };

      modules.services.gatus.contributions.scout = {
        name = "Scout";
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
            description = "Scout is not responding";
          }
        ];
      };
    })
  ];
}
