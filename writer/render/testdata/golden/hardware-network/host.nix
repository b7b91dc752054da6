# Scout - finds machines
#
# No login: whoever reaches the proxy may use it.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
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
      };
    }

    (lib.mkIf serviceEnabled {
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
