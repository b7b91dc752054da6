# Pgweb: databases, for administrators.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.pgweb.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.pgweb = {
        enable = true;
        database.passwordFile = config.sops.secrets."postgresql/pgweb_password".path;

        reverseProxy = {
          enable = true;
          hostName = "pgweb.${config.networking.domain}";
          backend.port = 8081;
          caddySecurity = forgeDefaults.caddySecurity.admin;
        };

        metrics = {
          enable = true;
          port = 8081;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets."postgresql/pgweb_password" = {
        mode = "0440";
        owner = "root";
        group = "postgres";
      };

      modules.services.postgresql.databases._pgweb_user = {
        owner = "pgweb";
        ownerPasswordFile = config.sops.secrets."postgresql/pgweb_password".path;
        permissionsPolicy = "custom";
        databasePermissions.readonly = [ "CONNECT" ];
      };

      modules.alerting.rules."pgweb-service-down" =
        forgeDefaults.mkSystemdServiceDownAlert "pgweb" "Pgweb" "web interface of PostgreSQL";

      modules.services.homepage.contributions.pgweb = {
        group = "Infrastructure";
        name = "Pgweb";
        icon = "pgadmin";
        href = "https://pgweb.${config.networking.domain}";
        description = "Databases";
        siteMonitor = "http://localhost:8081";
      };

      modules.services.gatus.contributions.pgweb = {
        name = "Pgweb";
        url = "https://pgweb.${config.networking.domain}";
        conditions = [ "[STATUS] == any(200, 302)" ]; # redirected to sign in
        alerts = [{ type = "pushover"; description = "Pgweb does not answer"; }];
      };
    })
  ];
}
