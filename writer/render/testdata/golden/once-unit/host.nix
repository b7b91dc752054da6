# Tidy - Server for sending and receiving messages in real-time per WebSocket
#
# It runs once when the host starts, and ends. It listens nowhere, so there is
# no virtual host, tile, black-box check, health check or scrape. Alerts watch
# for a run that failed.
# No dataset, backup, snapshots or restore before the first start: it keeps
# nothing.
# No reverse proxy or dashboard: it has no web page.
{ config, lib, mylib, ... }:

let
  serviceEnabled = config.modules.services.tidy.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.tidy = {
        enable = true;
      };
    }

    (lib.mkIf serviceEnabled {
      # It ends by itself, so only a failure counts.
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
    })
  ];
}
