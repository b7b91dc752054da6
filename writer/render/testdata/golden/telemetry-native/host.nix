# Jellyfin - Free Software Media System
#
# It has its own login.
# No restore before the first start: as asked.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "jellyfin.${config.networking.domain}";
  serviceEnabled = config.modules.services.jellyfin.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.jellyfin = {
        enable = true;
        mqtt = {
          enable = true;
          passwordFile = config.sops.secrets."jellyfin/mqtt-password".path;
        };
        grafana.enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "jellyfin" forgeDefaults.backupTags.media;
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "jellyfin/mqtt-password" = { };
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "jellyfin" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/jellyfin" = forgeDefaults.mkSanoidDataset "jellyfin";

      modules.alerting.rules.jellyfin-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "jellyfin" "Jellyfin" "Free Software Media System";

      modules.services.homepage.contributions.jellyfin = {
        group = "Media";
        name = "Jellyfin";
        icon = "jellyfin";
        href = "https://${serviceDomain}";
        description = "Free Software Media System";
        siteMonitor = "http://127.0.0.1:8096";
      };

      modules.services.gatus.contributions.jellyfin = {
        name = "Jellyfin";
        group = "Media";
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
            description = "Jellyfin is not responding";
          }
        ];
      };
    })
  ];
}
