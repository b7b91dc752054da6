# My Travels - where one has been
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "my-travels.${config.networking.domain}";
  serviceEnabled = config.modules.services.my-travels.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.my-travels = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        database.passwordFile = config.sops.secrets."my-travels/database-password".path;
        secrets = {
          secretKeyBaseFile = config.sops.secrets."my-travels/secret-key-base".path;
        };

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "my-travels" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "my-travels/secret-key-base".restartUnits = [ "podman-my-travels.service" ];
        # What makes the database reads it too.
        "my-travels/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
          restartUnits = [ "podman-my-travels.service" ];
        };
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.my-travels.protection = {
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
      modules.backup.sanoid.datasets."tank/services/my-travels" = forgeDefaults.mkSanoidDataset "my-travels";

      modules.alerting.rules.my-travels-service-down =
        forgeDefaults.mkServiceDownAlert "my-travels" "My Travels" "where one has been";

      modules.services.homepage.contributions.my-travels = {
        group = "Productivity";
        name = "My Travels";
        icon = "my-travels";
        href = "https://${serviceDomain}";
        description = "where one has been";
        siteMonitor = "http://127.0.0.1:3200";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.my-travels = {
        name = "My Travels";
        group = "Productivity";
        url = "http://127.0.0.1:3200/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "My Travels is not responding";
          }
        ];
      };
    })
  ];
}
