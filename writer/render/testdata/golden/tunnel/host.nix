# Linkding - bookmark manager
#
# The proxy asks for a login, policy home. The internet reaches it, through
# tunnel forge.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "links.${config.networking.domain}";
  serviceEnabled = config.modules.services.linkding.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.linkding = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        backup = forgeDefaults.mkBackupWithTags "linkding" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # On the internet: ${shared} with */ friends.
      # What guards it: single sign-on at the proxy, policy home.
      modules.services.caddy.virtualHosts.linkding.cloudflare = {
        enable = true;
        tunnel = "forge";
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "linkding" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";

      modules.alerting.rules.linkding-service-down =
        forgeDefaults.mkServiceDownAlert "linkding" "Linkding" "bookmark manager";

      modules.services.homepage.contributions.linkding = {
        group = "Productivity";
        name = "Linkding";
        icon = "linkding";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkding = {
        name = "Linkding";
        group = "Productivity";
        url = "http://127.0.0.1:9089/health";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Linkding is not responding";
          }
        ];
      };
    })
  ];
}
