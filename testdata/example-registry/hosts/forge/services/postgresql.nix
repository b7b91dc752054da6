# PostgreSQL: one for all services. Containers reach it through Podman's bridge.
{
  modules.services.postgresql = {
    enable = true;
    listenAddresses = "127.0.0.1,10.88.0.1";
  };

  services.postgresql.extensions = ps: [ ps.pgvector ps.postgis ];
  services.postgresql.settings.shared_preload_libraries = "pg_stat_statements";

  modules.alerting.rules."postgresql-down" = {
    type = "promql";
    alertname = "PostgresqlDown";
    expr = ''node_systemd_unit_state{name="postgresql.service",state="active"} == 0'';
    for = "1m";
    severity = "critical";
    labels = { service = "postgresql"; category = "availability"; };
    annotations = { summary = "PostgreSQL is down"; description = "Every service with a database stands still."; };
  };
}
