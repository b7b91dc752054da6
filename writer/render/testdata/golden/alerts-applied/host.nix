# Carvana - prices of cars
#
# It runs by the clock (Mon..Fri 03:30), and ends. It listens nowhere, so there
# is no virtual host, tile, black-box check, health check or scrape. Alerts
# watch for a run that failed and for a timer that does not fire, in place of
# those on a unit that is not active.
# No reverse proxy or dashboard: it has no web page.
{ config, lib, mylib, pkgs, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  alertHelpers = mylib.alertHelpers pkgs;
  serviceEnabled = config.modules.services.carvana.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.carvana = {
        enable = true;
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
      users.users.restic-backup.extraGroups = [ "carvana" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/carvana" = forgeDefaults.mkSanoidDataset "carvana";

      # It is inactive between its runs, so only a failed one counts.
      modules.alerting.rules.carvana-failed = alertHelpers.mkThresholdAlert {
        name = "carvana";
        alertname = "CarvanaFailed";
        expr = ''node_systemd_unit_state{name="podman-carvana.service",state="failed"} == 1'';
        for = "5m";
        severity = "high";
        category = "availability";
        summary = "Carvana failed on {{ $labels.instance }}";
        description = "journalctl -u podman-carvana.service";
      };

      # 291600 seconds, 3 days and 9 hours, are the longest pause of "Mon..Fri 03:30" with time to spare.
      modules.alerting.rules.carvana-overdue = alertHelpers.mkThresholdAlert {
        name = "carvana";
        alertname = "CarvanaOverdue";
        expr = ''time() - (node_systemd_timer_last_trigger_seconds{name="podman-carvana.timer"} > 0) > 291600 or node_systemd_unit_state{name="podman-carvana.timer",state="active"} == 0'';
        for = "15m";
        severity = "high";
        category = "availability";
        summary = "Carvana has not run on {{ $labels.instance }}";
        description = "systemctl list-timers podman-carvana.timer";
      };
    })
  ];
}
