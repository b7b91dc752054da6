{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
in
{
  modules.services = {
    observability.enable = true;
    grafana = {
      enable = true;
      reverseProxy = {
        enable = true;
        hostName = "grafana.${config.networking.domain}";
        backend.port = 3000;
        caddySecurity = forgeDefaults.caddySecurity.admin;
      };
      backup = forgeDefaults.mkBackupWithTags "grafana" forgeDefaults.backupTags.monitoring;
      integrations.prometheus.datasources.prometheus = {
        name = "Prometheus";
        type = "prometheus";
        url = "http://127.0.0.1:9090";
        isDefault = true;
      };
    };
  };
  modules.backup.sanoid.datasets."tank/services/grafana" = forgeDefaults.mkSanoidDataset "grafana";

  # Grafana keeps files of its own; its id must stay.
  users.users.grafana.uid = 196;
  users.groups.grafana.gid = 196;
}
