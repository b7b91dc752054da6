# Mealie: recipes. Signs in with OpenID Connect itself.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.mealie.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.mealie = {
        enable = true;
        oidc = {
          enable = true;
          configurationUrl = "https://id.${config.networking.domain}/.well-known/openid-configuration";
        };
        credentialsFile = config.sops.templates."mealie-env".path;

        reverseProxy = {
          enable = true;
          hostName = "mealie.${config.networking.domain}";
          backend.port = 9925;
        };

        backup = forgeDefaults.mkBackupWithTags "mealie" [ "home" "recipes" ];
        preseed = forgeDefaults.preseed;
      };
    }

    (lib.mkIf serviceEnabled {
      modules.backup.sanoid.datasets."tank/services/mealie" = forgeDefaults.mkSanoidDataset "mealie";

      modules.alerting.rules."mealie-service-down" =
        forgeDefaults.mkSystemdServiceDownAlert "mealie" "Mealie" "recipes";

      modules.services.homepage.contributions.mealie = {
        group = "Home";
        name = "Mealie";
        icon = "mealie";
        href = "https://mealie.${config.networking.domain}";
        description = "Recipes";
        siteMonitor = "http://localhost:9925";
      };

      modules.services.gatus.contributions.mealie = {
        name = "Mealie";
        url = "https://mealie.${config.networking.domain}";
        conditions = [ "[STATUS] == 200" "[RESPONSE_TIME] < 2000" ];
        alerts = [{ type = "pushover"; description = "Mealie does not answer"; }];
      };
    })
  ];
}
