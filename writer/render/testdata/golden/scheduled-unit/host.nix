# Tidy - Simple bookmark manager built with Go
#
# It runs by the clock (*:0/15), and ends. It listens nowhere, so there is no
# virtual host, tile, black-box check, health check or scrape. Alerts watch for
# a run that failed and for a timer that does not fire, in place of those on a
# unit that is not active.
# No reverse proxy or dashboard: it has no web page.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.tidy.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.tidy = {
        enable = true;
        environmentFile = config.sops.templates.tidy-env.path;

        backup = forgeDefaults.mkBackupWithTags "tidy" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "tidy/tidy-key" = { };
      };

      sops.templates.tidy-env.content = ''
        TIDY_KEY=${config.sops.placeholder."tidy/tidy-key"}
      '';

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "tidy" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/tidy" = forgeDefaults.mkSanoidDataset "tidy";

      # It is inactive between its runs, so only a failed one counts.
      modules.alerting.rules.tidy-failed = mylib.monitoring-helpers.mkThresholdAlert {
        name = "tidy";
        alertname = "TidyFailed";
        expr = ''node_systemd_unit_state{name="tidy.service",state="failed"} == 1'';
        for = "5m";
        severity = "high";
        category = "availability";
        summary = "Tidy failed on {{ $labels.instance }}";
        description = "journalctl -u tidy.service";
      };

      # 5100 seconds, 1 hour and 25 minutes, are the longest pause of "*:0/15" with time to spare.
      modules.alerting.rules.tidy-overdue = mylib.monitoring-helpers.mkThresholdAlert {
        name = "tidy";
        alertname = "TidyOverdue";
        expr = ''time() - (node_systemd_timer_last_trigger_seconds{name="tidy.timer"} > 0) > 5100 or node_systemd_unit_state{name="tidy.timer",state="active"} == 0'';
        for = "15m";
        severity = "high";
        category = "availability";
        summary = "Tidy has not run on {{ $labels.instance }}";
        description = "systemctl list-timers tidy.timer";
      };
    })
  ];
}
