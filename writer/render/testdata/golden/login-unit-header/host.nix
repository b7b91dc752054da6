# Gotify - for the test
#
# The proxy asks for a login, policy admins.
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

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.admin;
          # Set on every request, so that nobody can send another name.
          reverseProxyBlock = ''
            header_up Remote-User {http.request.header.X-Token-User-Email}
          '';
        };

        backup = forgeDefaults.mkBackupWithTags "gotify" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "gotify" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/gotify" = forgeDefaults.mkSanoidDataset "gotify";

      modules.alerting.rules.gotify-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "gotify" "Gotify" "for the test";

      modules.services.homepage.contributions.gotify = {
        group = "Infrastructure";
        name = "Gotify";
        icon = "gotify";
        href = "https://${serviceDomain}";
        description = "for the test";
        siteMonitor = "http://127.0.0.1:8070";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.gotify = {
        name = "Gotify";
        group = "Infrastructure";
        url = "http://127.0.0.1:8070/";
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
