# Channels - list of channels
#
# No login: whoever reaches the proxy may use it.
# No dataset, backup, snapshots or restore before the first start: its data are
# in database dispatcharr, and what protects the server protects them.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "channels.${config.networking.domain}";
  serviceEnabled = config.modules.services.channels.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.channels = {
        enable = true;
        environmentFile = config.sops.templates.channels-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.templates.channels-env = {
        content = ''
          PGPASSWORD=${config.sops.placeholder."postgresql/dispatcharr_password"}
        '';
        restartUnits = [ "podman-channels.service" ];
      };

      modules.alerting.rules.channels-service-down =
        forgeDefaults.mkServiceDownAlert "channels" "Channels" "list of channels";

      modules.services.homepage.contributions.channels = {
        group = "Media";
        name = "Channels";
        icon = "channels";
        href = "https://${serviceDomain}";
        description = "list of channels";
        siteMonitor = "http://127.0.0.1:8080";
      };

      modules.services.gatus.contributions.channels = {
        name = "Channels";
        group = "Media";
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
            description = "Channels is not responding";
          }
        ];
      };
    })
  ];
}
