# Carvana - prices of cars
#
# It runs once when the host starts, and ends. It listens nowhere, so there is
# no virtual host, tile, black-box check, health check or scrape. Alerts watch
# for a run that failed.
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

        backup = forgeDefaults.mkBackupWithTags "carvana" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "carvana" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/carvana" = forgeDefaults.mkSanoidDataset "carvana";

      # It ends by itself, so only a failure counts.
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
    })
  ];
}
