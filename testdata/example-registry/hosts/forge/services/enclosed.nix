# Enclosed: encrypted notes, reachable from outside.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.enclosed.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.enclosed = {
        enable = true;
        reverseProxy = {
          enable = true;
          hostName = "enclosed.${config.networking.domain}";
        };

        backup = null; # notes vanish on purpose
      };
    }

    (lib.mkIf serviceEnabled {
      modules.storage.datasets.services.enclosed.protection = {
        class = "ephemeral";
        objectives = { onsiteRpoSeconds = null; offsiteRpoSeconds = null; rtoSeconds = null; };
        requiredTiers = [ ];
        allowEmptyBootstrap = true;
        mechanism = { name = "none"; reason = "A note that was deleted must not come back."; };
      };

      modules.alerting.rules."enclosed-service-down" =
        forgeDefaults.mkServiceDownAlert "enclosed" "Enclosed" "encrypted notes";

      modules.services.homepage.contributions.enclosed = {
        group = "Tools";
        name = "Enclosed";
        icon = "enclosed";
        href = "https://enclosed.${config.networking.domain}";
        description = "Encrypted notes";
        siteMonitor = "http://localhost:8787";
      };

      modules.services.gatus.contributions.enclosed = {
        name = "Enclosed";
        url = "https://enclosed.${config.networking.domain}";
        conditions = [ "[STATUS] == 200" "[RESPONSE_TIME] < 2000" ];
        alerts = [{ type = "pushover"; description = "Enclosed does not answer"; }];
      };
    })
  ];
}
