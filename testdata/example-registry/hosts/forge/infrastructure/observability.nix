{
  modules.services = {
    observability.enable = true;
    grafana = {
      enable = true;
      integrations.prometheus.datasources.prometheus = {
        name = "Prometheus";
        uid = "prometheus";
        type = "prometheus";
        url = "http://127.0.0.1:9090";
      };
    };
  };

  # Grafana keeps files of its own; its id must stay.
  users.users.grafana.uid = 196;
  users.groups.grafana.gid = 196;
}
