# Carvana - prices of cars
#
# It runs by the clock (hourly), and ends. It listens nowhere, so there is no
# virtual host, tile, black-box check, health check or scrape. Alerts watch for
# a run that failed and for a timer that does not fire, in place of those on a
# unit that is not active.
# No reverse proxy or dashboard: it has no web page.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.carvana.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.carvana = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        environmentFile = config.sops.templates.carvana-env.path;

        backup = forgeDefaults.mkBackupWithTags "carvana" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "carvana/carvana-token" = { };
      };

      sops.templates.carvana-env.content = ''
        CARVANA_TOKEN=${config.sops.placeholder."carvana/carvana-token"}
      '';

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.carvana.protection = {
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
      modules.backup.sanoid.datasets."tank/services/carvana" = forgeDefaults.mkSanoidDataset "carvana";

      # It is inactive between its runs, so only a failed one counts.
      modules.alerting.rules.carvana-failed = mylib.monitoring-helpers.mkThresholdAlert {
        name = "carvana";
        alertname = "CarvanaFailed";
        expr = ''node_systemd_unit_state{name="podman-carvana.service",state="failed"} == 1'';
        for = "5m";
        severity = "high";
        category = "availability";
        summary = "Carvana failed on {{ $labels.instance }}";
        description = "journalctl -u podman-carvana.service";
      };

      # 8100 seconds, 2 hours and 15 minutes, are the longest pause of "hourly" with time to spare.
      modules.alerting.rules.carvana-overdue = mylib.monitoring-helpers.mkThresholdAlert {
        name = "carvana";
        alertname = "CarvanaOverdue";
        expr = ''time() - (node_systemd_timer_last_trigger_seconds{name="podman-carvana.timer"} > 0) > 8100 or node_systemd_unit_state{name="podman-carvana.timer",state="active"} == 0'';
        for = "15m";
        severity = "high";
        category = "availability";
        summary = "Carvana has not run on {{ $labels.instance }}";
        description = "systemctl list-timers podman-carvana.timer";
      };
    })
  ];
}
