# Jellyfin - Free Software Media System
#
# It has its own login.
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

        # Starts only when the mount is there.
        nfsMountDependency = "media";

        # Hardware of this host, and no device beside it.
        devices = [ "/dev/dri/renderD128" ];

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "jellyfin" forgeDefaults.backupTags.media;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

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
