# Alert rules that many services share.
{ lib }:
let
  upper = name: lib.toUpper (lib.replaceStrings [ "-" "." ] [ "_" "_" ] name);
  rule = attrs: { type = "promql"; } // attrs;
in
{
  mkServiceDownAlert =
    { job, name ? job, for ? "2m", severity ? "critical", category ? "availability", description ? "${name} does not answer its scrape." }:
    rule {
      alertname = "${upper name}Down";
      expr = ''up{job="${job}"} == 0'';
      inherit for severity;
      labels = { service = name; inherit category; };
      annotations = { summary = "${name} is down on {{ $labels.instance }}"; inherit description; };
    };

  mkHighMemoryAlert =
    { job, name ? job, threshold ? 80, for ? "5m", severity ? "high", category ? "capacity" }:
    rule {
      alertname = "${upper name}HighMemory";
      expr = ''process_resident_memory_bytes{job="${job}"} / process_virtual_memory_max_bytes{job="${job}"} * 100 > ${toString threshold}'';
      inherit for severity;
      labels = { service = name; inherit category; };
      annotations = { summary = "${name} uses much memory"; description = "More than ${toString threshold} percent."; };
    };

  mkHighCpuAlert =
    { job, name ? job, threshold ? 80, for ? "10m", severity ? "medium", category ? "performance" }:
    rule {
      alertname = "${upper name}HighCpu";
      expr = ''rate(process_cpu_seconds_total{job="${job}"}[1m]) * 100 > ${toString threshold}'';
      inherit for severity;
      labels = { service = name; inherit category; };
      annotations = { summary = "${name} uses much CPU"; description = "More than ${toString threshold} percent."; };
    };

  mkHighResponseTimeAlert =
    { job, name ? job, threshold ? 1.0, for ? "5m", severity ? "medium", category ? "performance" }:
    rule {
      alertname = "${upper name}HighResponseTime";
      expr = ''histogram_quantile(0.95, rate(http_request_duration_seconds_bucket{job="${job}"}[5m])) > ${toString threshold}'';
      inherit for severity;
      labels = { service = name; inherit category; };
      annotations = { summary = "${name} answers slowly"; description = "95th percentile above ${toString threshold} s."; };
    };

  mkThresholdAlert =
    { name, alertname, expr, for ? "5m", severity ? "medium", service ? name, category ? "custom", summary, description }:
    rule {
      inherit alertname expr for severity;
      labels = { inherit service category; };
      annotations = { inherit summary description; };
    };

  mkDatabaseConnectionsAlert =
    { name ? "database", expr, for ? "5m", severity ? "high", category ? "capacity" }:
    rule {
      alertname = "${upper name}TooManyConnections";
      inherit expr for severity;
      labels = { service = name; inherit category; };
      annotations = { summary = "${name} has many connections"; description = "Close to max_connections."; };
    };

  mkHighCapacityAlert =
    { name, expr, for ? "15m", severity ? "high", category ? "capacity", summary, description }:
    rule {
      alertname = "${upper name}CapacityHigh";
      inherit expr for severity;
      labels = { service = name; inherit category; };
      annotations = { inherit summary description; };
    };

  mkContainerDownAlert =
    { container, for ? "2m", severity ? "medium", category ? "availability" }:
    rule {
      alertname = "Container${upper container}Down";
      expr = ''container_service_active{name="${container}"} == 0'';
      inherit for severity;
      labels = { service = "containers"; inherit category; };
      annotations = { summary = "Container ${container} is down"; description = "systemctl status podman-${container}.service"; };
    };
}
