# Player - plays films
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "player.${config.networking.domain}";
  serviceEnabled = config.modules.services.player.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.player = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";

        # Hardware of this host, and no device beside it, for transcoding of video.
        devices = [ "/dev/dri/renderD128" ];

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "player" forgeDefaults.backupTags.media;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/player" = forgeDefaults.mkSanoidDataset "player";

      modules.alerting.rules.player-service-down =
        forgeDefaults.mkServiceDownAlert "player" "Player" "plays films";

      modules.services.homepage.contributions.player = {
        group = "Media";
        name = "Player";
        icon = "player";
        href = "https://${serviceDomain}";
        description = "plays films";
        siteMonitor = "http://127.0.0.1:8096";
      };

      modules.services.gatus.contributions.player = {
        name = "Player";
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
            description = "Player is not responding";
          }
        ];
      };
    })
  ];
}
