# Bazarr - subtitles
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "bazarr.${config.networking.domain}";
  serviceEnabled = config.modules.services.bazarr.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.bazarr = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "bazarr" [ "media-automation" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.bazarr.protection = {
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
      modules.backup.sanoid.datasets."tank/services/bazarr" = forgeDefaults.mkSanoidDataset "bazarr";

      modules.alerting.rules.bazarr-service-down =
        forgeDefaults.mkServiceDownAlert "bazarr" "Bazarr" "subtitles";

      modules.services.homepage.contributions.bazarr = {
        group = "Media Automation";
        name = "Bazarr";
        icon = "bazarr";
        href = "https://${serviceDomain}";
        description = "subtitles";
        siteMonitor = "http://127.0.0.1:6767";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.bazarr = {
        name = "Bazarr";
        group = "Media Automation";
        url = "http://127.0.0.1:6767/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Bazarr is not responding";
          }
        ];
      };
    })
  ];
}
