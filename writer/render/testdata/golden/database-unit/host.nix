# Gotify - Server for sending and receiving messages in real-time per WebSocket
#
# It has its own login.
# No dataset, backup, snapshots or restore before the first start: its data are
# in database gotify, and what protects the server protects them.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "gotify.${config.networking.domain}";
  serviceEnabled = config.modules.services.gotify.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.gotify = {
        enable = true;
        database.passwordFile = config.sops.secrets."gotify/database-password".path;
        secrets = {
          gotifyDefaultuserPassFile = config.sops.secrets."gotify/gotify-defaultuser-pass".path;
        };

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "gotify/gotify-defaultuser-pass".restartUnits = [ "gotify.service" ];
        # What makes the database reads it too.
        "gotify/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
          restartUnits = [ "gotify.service" ];
        };
      };

      modules.alerting.rules.gotify-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify" "Gotify" "Server for sending and receiving messages in real-time per WebSocket";

      modules.services.homepage.contributions.gotify = {
        group = "Infrastructure";
        name = "Gotify";
        icon = "gotify";
        href = "https://${serviceDomain}";
        description = "Server for sending and receiving messages in real-time per WebSocket";
        siteMonitor = "http://127.0.0.1:8070";
      };

      modules.services.gatus.contributions.gotify = {
        name = "Gotify";
        group = "Infrastructure";
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
            description = "Gotify is not responding";
          }
        ];
      };
    })
  ];
}
