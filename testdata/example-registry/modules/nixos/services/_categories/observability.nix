# What watches the others
{ ... }:
{
  imports = [
    ../gatus # Black-box checks
    ../grafana # Data sources and dashboards
    ../observability # Prometheus and Loki
  ];
}
