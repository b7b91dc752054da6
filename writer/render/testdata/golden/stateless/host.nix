# Cyberchef - data analysis in the browser
#
# No login: whoever reaches the proxy may use it.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "cyberchef.${config.networking.domain}";
  serviceEnabled = config.modules.services.cyberchef.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.cyberchef = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      modules.alerting.rules.cyberchef-service-down =
        forgeDefaults.mkServiceDownAlert "cyberchef" "Cyberchef" "data analysis in the browser";

      modules.services.homepage.contributions.cyberchef = {
        group = "Productivity";
        name = "Cyberchef";
        icon = "cyberchef";
        href = "https://${serviceDomain}";
        description = "data analysis in the browser";
        siteMonitor = "http://127.0.0.1:8080";
      };

      modules.services.gatus.contributions.cyberchef = {
        name = "Cyberchef";
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
            description = "Cyberchef is not responding";
          }
        ];
      };
    })
  ];
}
