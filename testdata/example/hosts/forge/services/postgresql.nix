# PostgreSQL: one for all services.
{
  modules.services.postgresql.enable = true;

  modules.backup.sanoid.datasets."tank/services/postgresql" = {
    useTemplate = [ "wal-frequent" ];
    autosnap = false; # a dump is made before
  };

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
