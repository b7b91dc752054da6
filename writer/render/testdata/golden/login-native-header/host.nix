# Navidrome - for the test
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "navidrome.${config.networking.domain}";
  serviceEnabled = config.modules.services.navidrome.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.navidrome = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media;
          # Set on every request, so that nobody can send another name.
          reverseProxyBlock = ''
            header_up Remote-User {http.request.header.X-Token-User-Email}
          '';
        };

        backup = forgeDefaults.mkBackupWithTags "navidrome" forgeDefaults.backupTags.media;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "navidrome" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/navidrome" = forgeDefaults.mkSanoidDataset "navidrome";

      modules.alerting.rules.navidrome-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "navidrome" "Navidrome" "for the test";

      modules.services.homepage.contributions.navidrome = {
        group = "Media";
        name = "Navidrome";
        icon = "navidrome";
        href = "https://${serviceDomain}";
        description = "for the test";
        siteMonitor = "http://127.0.0.1:4533";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.navidrome = {
        name = "Navidrome";
        group = "Media";
        url = "http://127.0.0.1:4533/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Navidrome is not responding";
          }
        ];
      };
    })
  ];
}
