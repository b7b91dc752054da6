# Paperless: documents. The proxy says who it is.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.paperless.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.paperless = {
        enable = true;
        nfsMountDependency = "mnt-data";
        mediaDir = "/mnt/data/documents";

        reverseProxy = {
          enable = true;
          hostName = "paperless.${config.networking.domain}";
          backend.port = 28981;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        backup = forgeDefaults.mkBackupWithTags "paperless" [ "documents" "forge" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/paperless" = forgeDefaults.mkSanoidDataset "paperless";

      modules.alerting.rules."paperless-service-down" =
        forgeDefaults.mkSystemdServiceDownAlert "paperless-web" "Paperless" "documents";

      modules.services.homepage.contributions.paperless = {
        group = "Productivity";
        name = "Paperless";
        icon = "paperless-ngx";
        href = "https://paperless.${config.networking.domain}";
        description = "Documents";
        siteMonitor = "http://localhost:28981";
      };

      modules.services.gatus.contributions.paperless = {
        name = "Paperless";
        url = "https://paperless.${config.networking.domain}";
        conditions = [ "[STATUS] == any(200, 302)" ]; # redirected to sign in
        alerts = [{ type = "pushover"; description = "Paperless does not answer"; }];
      };
    })
  ];
}
