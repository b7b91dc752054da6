# Tautulli: statistics of Plex. Has accounts of its own.
{ config, lib, mylib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.tautulli.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.tautulli = {
        enable = true;
        reverseProxy = {
          enable = true;
          hostName = "tautulli.${config.networking.domain}";
        };

        backup = forgeDefaults.mkBackupWithTags "tautulli" (forgeDefaults.backupTags.media ++ [ "plex-monitoring" ]);
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/tautulli" = forgeDefaults.mkSanoidDataset "tautulli";

      modules.alerting.rules."tautulli-service-down" =
        forgeDefaults.mkSystemdServiceDownAlert "tautulli" "Tautulli" "statistics of Plex";

      modules.alerting.rules."tautulli-unhealthy" = mylib.monitoring-helpers.mkThresholdAlert {
        name = "tautulli";
        alertname = "TautulliUnhealthy";
        expr = ''probe_success{instance=~".*tautulli.*"} == 0'';
        severity = "medium";
        category = "availability";
        summary = "Tautulli does not answer";
        description = "The unit runs, the page does not come.";
      };

      modules.services.homepage.contributions.tautulli = {
        group = "Media";
        name = "Tautulli";
        icon = "tautulli";
        href = "https://tautulli.${config.networking.domain}";
        description = "Statistics of Plex";
        siteMonitor = "http://localhost:8181";
        widget = {
          type = "tautulli";
          url = "http://localhost:8181";
          key = "{{HOMEPAGE_VAR_TAUTULLI_API_KEY}}";
        };
      };

      modules.services.gatus.contributions.tautulli = {
        name = "Tautulli";
        url = "https://tautulli.${config.networking.domain}/status";
        conditions = [ "[STATUS] == 200" "[RESPONSE_TIME] < 2000" ];
        alerts = [{ type = "pushover"; description = "Tautulli does not answer"; }];
      };
    })
  ];
}
