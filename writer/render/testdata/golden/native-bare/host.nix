# Feeds - feed reader
#
# It has its own login.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "feeds.${config.networking.domain}";
  serviceEnabled = config.modules.services.feeds.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.feeds = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      modules.alerting.rules.feeds-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "miniflux" "Feeds" "feed reader";

      modules.services.homepage.contributions.feeds = {
        group = "Productivity";
        name = "Feeds";
        icon = "feeds";
        href = "https://${serviceDomain}";
        description = "feed reader";
        siteMonitor = "http://127.0.0.1:8585";
      };

      modules.services.gatus.contributions.feeds = {
        name = "Feeds";
        group = "Productivity";
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
            description = "Feeds is not responding";
          }
        ];
      };
    })
  ];
}
