# Linkding - bookmark manager
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
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
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "linkding" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "linkding" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.linkding.protection = {
        class = "standard";
        objectives = {
          offsiteRpoSeconds = null;
          onsiteRpoSeconds = 3600;
          rtoSeconds = 14400;
        };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        # Nothing can be restored before it has run once: then set it to false,
        # lest it starts empty where a restore fails.
        allowEmptyBootstrap = true;
      };

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";

      modules.alerting.rules.linkding-service-down =
        forgeDefaults.mkServiceDownAlert "linkding" "Linkding" "bookmark manager";

      modules.alerting.rules.linkding-stale =
        forgeDefaults.mkHealthcheckStaleAlert "linkding" "Linkding" 600;

      modules.alerting.rules.linkding-unit = mylib.monitoring-helpers.mkThresholdAlert {
        name = "linkding";
        alertname = "LinkdingUnit";
        expr = ''node_systemd_unit_state{name="podman-linkding.service",state="failed"} == 1'';
        summary = "Linkding: unit";
        description = "journalctl -u podman-linkding.service";
      };

      modules.services.homepage.contributions.linkding = {
        group = "Infrastructure";
        name = "Linkding";
        icon = "linkding";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkding = {
        name = "Linkding";
        group = "Infrastructure";
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
