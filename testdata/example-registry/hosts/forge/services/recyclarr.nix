# Recyclarr: once a day, nothing to look at.
{ config, lib, mylib, ... }:
let
  serviceEnabled = config.modules.services.recyclarr.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.recyclarr = {
        enable = true;
        sonarr.apiKeyFile = config.sops.secrets."sonarr/api-key".path;
      };
    }

    (lib.mkIf serviceEnabled {
      modules.alerting.rules."recyclarr-failed" = mylib.monitoring-helpers.mkThresholdAlert {
        name = "recyclarr";
        alertname = "RecyclarrFailed";
        expr = ''node_systemd_unit_state{name="recyclarr.service",state="failed"} == 1'';
        severity = "medium";
        category = "automation";
        summary = "Recyclarr failed";
        description = "journalctl -u recyclarr.service";
      };
    })
  ];
}
