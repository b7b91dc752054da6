# Dispatcharr: the portal signs in, the proxy adds the key of the service.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.dispatcharr.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.dispatcharr = {
        enable = true;
        nfsMountDependency = "media";
        podmanNetwork = forgeDefaults.podmanNetwork;
        database.passwordFile = config.sops.secrets."postgresql/dispatcharr_password".path;

        reverseProxy = {
          enable = true;
          hostName = "dispatcharr.${config.networking.domain}";
          backend.port = 9191;
          caddySecurity = forgeDefaults.caddySecurity.media;
          reverseProxyBlock = ''
            header_up X-Api-Key {$DISPATCHARR_API_KEY}
          '';
        };

        backup = forgeDefaults.mkBackupWithTags "dispatcharr" (forgeDefaults.backupTags.iptv ++ [ "forge" ]);
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/dispatcharr" = forgeDefaults.mkSanoidDataset "dispatcharr";

      modules.alerting.rules."dispatcharr-service-down" =
        forgeDefaults.mkServiceDownAlert "dispatcharr" "Dispatcharr" "streams";

      modules.services.homepage.contributions.dispatcharr = {
        group = "Media";
        name = "Dispatcharr";
        icon = "dispatcharr";
        href = "https://dispatcharr.${config.networking.domain}";
        description = "Streams and channels";
        siteMonitor = "http://localhost:9191";
      };

      modules.services.gatus.contributions.dispatcharr = {
        name = "Dispatcharr";
        url = "https://dispatcharr.${config.networking.domain}";
        conditions = [ "[STATUS] == any(200, 302)" ]; # redirected to sign in
        alerts = [{ type = "pushover"; description = "Dispatcharr does not answer"; }];
      };
    })
  ];
}
