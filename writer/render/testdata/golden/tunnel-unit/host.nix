# Shiori - Simple bookmark manager built with Go
#
# No login: whoever reaches the proxy may use it. The internet reaches it,
# through tunnel forge.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "shiori.${config.networking.domain}";
  serviceEnabled = config.modules.services.shiori.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.shiori = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      # On the internet, as asked for.
      # What guards it: nothing, whoever finds it may use it.
      modules.services.caddy.virtualHosts.shiori.cloudflare = {
        enable = true;
        tunnel = "forge";
      };

      modules.alerting.rules.shiori-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "shiori" "Shiori" "Simple bookmark manager built with Go";

      modules.services.homepage.contributions.shiori = {
        group = "Productivity";
        name = "Shiori";
        icon = "shiori";
        href = "https://${serviceDomain}";
        description = "Simple bookmark manager built with Go";
        siteMonitor = "http://127.0.0.1:8484";
      };

      modules.services.gatus.contributions.shiori = {
        name = "Shiori";
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
            description = "Shiori is not responding";
          }
        ];
      };
    })
  ];
}
