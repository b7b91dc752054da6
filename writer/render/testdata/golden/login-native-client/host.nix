# Miniflux - for the test
#
# It has its own login, through the identity provider.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "miniflux.${config.networking.domain}";
  serviceEnabled = config.modules.services.miniflux.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.miniflux = {
        enable = true;
        environmentFile = config.sops.templates.miniflux-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "miniflux/oauth2-client-secret" = { };
      };

      sops.templates.miniflux-env = {
        content = ''
          OAUTH2_CLIENT_SECRET=${config.sops.placeholder."miniflux/oauth2-client-secret"}
        '';
        restartUnits = [ "miniflux.service" ];
      };

      modules.alerting.rules.miniflux-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "miniflux" "Miniflux" "for the test";

      modules.services.homepage.contributions.miniflux = {
        group = "Productivity";
        name = "Miniflux";
        icon = "miniflux";
        href = "https://${serviceDomain}";
        description = "for the test";
        siteMonitor = "http://127.0.0.1:8585";
      };

      modules.services.gatus.contributions.miniflux = {
        name = "Miniflux";
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
            description = "Miniflux is not responding";
          }
        ];
      };
    })
  ];
}
