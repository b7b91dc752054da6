# Sweeper - rules of the downloads
#
# It runs by the clock (Mon..Fri 03:30), and ends. It listens nowhere, so there
# is no virtual host, tile, black-box check, health check or scrape. Alerts
# watch for a run that failed and for a timer that does not fire, in place of
# those on a unit that is not active.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No reverse proxy or dashboard: it has no web page.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.sweeper.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.sweeper = {
        enable = true;
        podmanNetwork = forgeDefaults.podmanNetwork;
        environmentFile = config.sops.templates.sweeper-env.path;
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "sweeper/downloads-key" = { };
        "sweeper/indexer-key" = { };
      };

      sops.templates.sweeper-env.content = ''
        DOWNLOADS_KEY=${config.sops.placeholder."sweeper/downloads-key"}
        INDEXER_KEY=${config.sops.placeholder."sweeper/indexer-key"}
      '';

      # It is inactive between its runs, so only a failed one counts.
      modules.alerting.rules.sweeper-failed = mylib.monitoring-helpers.mkThresholdAlert {
        name = "sweeper";
        alertname = "SweeperFailed";
        expr = ''node_systemd_unit_state{name="podman-sweeper.service",state="failed"} == 1'';
        for = "5m";
        severity = "high";
        category = "availability";
        summary = "Sweeper failed on {{ $labels.instance }}";
        description = "journalctl -u podman-sweeper.service";
      };

      # 291600 seconds, 3 days and 9 hours, are the longest pause of "Mon..Fri 03:30" with time to spare.
      modules.alerting.rules.sweeper-overdue = mylib.monitoring-helpers.mkThresholdAlert {
        name = "sweeper";
        alertname = "SweeperOverdue";
        expr = ''time() - (node_systemd_timer_last_trigger_seconds{name="podman-sweeper.timer"} > 0) > 291600 or node_systemd_unit_state{name="podman-sweeper.timer",state="active"} == 0'';
        for = "15m";
        severity = "high";
        category = "availability";
        summary = "Sweeper has not run on {{ $labels.instance }}";
        description = "systemctl list-timers podman-sweeper.timer";
      };
    })
  ];
}
