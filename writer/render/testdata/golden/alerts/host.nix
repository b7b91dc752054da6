# Linkding - bookmark manager
#
# The proxy asks for a login, policy home.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "links.${config.networking.domain}";
  serviceEnabled = config.modules.services.linkding.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.linkding = {
        enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        metrics = {
          # What is enabled is scraped, even if the service is not.
          enable = serviceEnabled;
          port = 9089;
          path = "/metrics";
        };

        backup = forgeDefaults.mkBackupWithTags "linkding" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "linkding" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";

      modules.alerting.rules.linkding-service-down =
        forgeDefaults.mkServiceDownAlert "linkding" "Linkding" "bookmark manager";

      modules.alerting.rules.linkding-full = mylib.monitoring-helpers.mkHighCapacityAlert {
        name = "linkding";
        expr = "linkding_bytes > 1e9";
        summary = "Linkding: full";
        description = "journalctl -u podman-linkding.service";
      };

      modules.alerting.rules.linkding-memory = mylib.monitoring-helpers.mkHighMemoryAlert {
        name = "linkding";
        job = "service-linkding";
        threshold = 90;
      };

      modules.alerting.rules.linkding-queue = mylib.monitoring-helpers.mkThresholdAlert {
        name = "linkding";
        alertname = "LinkdingQueue";
        expr = ''sum by (job) (linkding_tasks{state="pending"}) > 100'';
        severity = "critical";
        summary = ''Too many "tasks" on {{ $labels.instance }}'';
        description = "journalctl -u podman-linkding.service";
      };

      modules.alerting.rules.linkding-slow = mylib.monitoring-helpers.mkHighResponseTimeAlert {
        name = "linkding";
        job = "service-linkding";
        threshold = 2.5;
        for = "10m";
      };

      modules.alerting.rules.linkding-stale =
        forgeDefaults.mkHealthcheckStaleAlert "linkding" "Linkding" 900;

      modules.services.homepage.contributions.linkding = {
        group = "Productivity";
        name = "Linkding";
        icon = "linkding";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkding = {
        name = "Linkding";
        group = "Productivity";
        url = "http://127.0.0.1:9089/health";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Linkding is not responding";
          }
        ];
      };
    })
  ];
}
