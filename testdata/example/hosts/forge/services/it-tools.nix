# IT-Tools: nothing to protect, nothing to keep.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.it-tools.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.it-tools = {
        enable = true;
        reverseProxy = {
          enable = true;
          hostName = "it-tools.${config.networking.domain}";
          backend.port = 8380;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      modules.alerting.rules."it-tools-service-down" =
        forgeDefaults.mkServiceDownAlert "it-tools" "ITTools" "tools for developers";

      modules.services.homepage.contributions.it-tools = {
        group = "Tools";
        name = "IT-Tools";
        icon = "it-tools";
        href = "https://it-tools.${config.networking.domain}";
        description = "Tools for developers";
        siteMonitor = "http://localhost:8380";
      };

      modules.services.gatus.contributions.it-tools = {
        name = "IT-Tools";
        url = "https://it-tools.${config.networking.domain}";
        conditions = [ "[STATUS] == 200" "[RESPONSE_TIME] < 2000" ];
        alerts = [{ type = "pushover"; description = "IT-Tools does not answer"; }];
      };
    })
  ];
}
