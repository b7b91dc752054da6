# Notes - for the test
#
# The proxy asks for a login, policy home.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "notes.${config.networking.domain}";
  serviceEnabled = config.modules.services.notes.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.notes = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.home;
          # Set on every request, so that nobody can send another name.
          reverseProxyBlock = ''
            header_up Remote-User {http.request.header.X-Token-User-Email}
          '';
        };

        backup = forgeDefaults.mkBackupWithTags "notes" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "notes" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/notes" = forgeDefaults.mkSanoidDataset "notes";

      modules.alerting.rules.notes-service-down =
        forgeDefaults.mkServiceDownAlert "notes" "Notes" "for the test";

      modules.services.homepage.contributions.notes = {
        group = "Productivity";
        name = "Notes";
        icon = "notes";
        href = "https://${serviceDomain}";
        description = "for the test";
        siteMonitor = "http://127.0.0.1:8080";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.notes = {
        name = "Notes";
        group = "Productivity";
        url = "http://127.0.0.1:8080/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Notes is not responding";
          }
        ];
      };
    })
  ];
}
