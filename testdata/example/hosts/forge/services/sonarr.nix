# Sonarr: series. Signs in through the portal.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.sonarr.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.sonarr = {
        enable = true;
        nfsMountDependency = "media";
        podmanNetwork = forgeDefaults.podmanNetwork;
        apiKeyFile = config.sops.templates."sonarr-env".path;

        reverseProxy = {
          enable = true;
          hostName = "sonarr.${config.networking.domain}";
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        backup = forgeDefaults.mkBackupWithTags "sonarr" forgeDefaults.backupTags.media;
        notifications.enable = true;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/sonarr" = forgeDefaults.mkSanoidDataset "sonarr";

      modules.alerting.rules."sonarr-service-down" =
        forgeDefaults.mkServiceDownAlert "sonarr" "Sonarr" "series";

      modules.services.homepage.contributions.sonarr = {
        group = "Media";
        name = "Sonarr";
        icon = "sonarr";
        href = "https://sonarr.${config.networking.domain}";
        description = "Series";
        siteMonitor = "http://localhost:8989";
        widget = {
          type = "sonarr";
          url = "http://localhost:8989";
          key = "{{HOMEPAGE_VAR_SONARR_API_KEY}}";
        };
      };

      modules.services.gatus.contributions.sonarr = {
        name = "Sonarr";
        url = "https://sonarr.${config.networking.domain}";
        conditions = [ "[STATUS] == any(200, 302)" ]; # redirected to sign in
        alerts = [{ type = "pushover"; description = "Sonarr does not answer"; }];
      };
    })
  ];
}
