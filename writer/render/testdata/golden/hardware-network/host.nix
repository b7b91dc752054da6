# Scout - finds machines
#
# No login: whoever reaches the proxy may use it. Stateless: no dataset, backup
# or restore.
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
      };
    })
  ];
}
