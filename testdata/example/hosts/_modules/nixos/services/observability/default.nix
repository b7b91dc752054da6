# Prometheus scrapes every service whose `metrics` is enabled; logs go to Loki.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.observability;

  # Direct children of modules.services only. Whether the service itself is
  # enabled is not looked at.
  found = lib.filterAttrs (_: s: builtins.isAttrs s && (s.metrics or null) != null && (s.metrics.enable or false))
    (builtins.removeAttrs config.modules.services [ "observability" ]);
in
{
  options.modules.services.observability = {
    enable = lib.mkEnableOption "metrics and logs";
    prometheus = {
      enable = mkOption { type = types.bool; default = cfg.enable; defaultText = lib.literalExpression "config.modules.services.observability.enable"; description = "Whether Prometheus runs."; };
      port = mkOption { type = types.port; default = 9090; description = "Port of Prometheus."; };
      retentionDays = mkOption { type = types.int; default = 30; description = "Days samples are kept."; };
      autoDiscovery = {
        enable = mkOption { type = types.bool; default = true; description = "Whether services are found."; };
        staticTargets = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Further targets."; };
      };
    };
    loki = {
      enable = mkOption { type = types.bool; default = cfg.enable; defaultText = lib.literalExpression "config.modules.services.observability.enable"; description = "Whether Loki runs."; };
      port = mkOption { type = types.port; default = 3100; description = "Port of Loki."; };
    };
  };

  config = lib.mkIf cfg.enable {
    services.prometheus = {
      enable = cfg.prometheus.enable;
      inherit (cfg.prometheus) port;
      listenAddress = "127.0.0.1";
      retentionTime = "${toString cfg.prometheus.retentionDays}d";
      alertmanager.enable = config.modules.alerting.enable;
      exporters.node = {
        enable = true;
        enabledCollectors = [ "systemd" "textfile" ];
        # Units write their own metrics as files there, in the exporter's group.
        extraFlags = [ "--collector.textfile.directory=/var/lib/node_exporter/textfile_collector" ];
      };
      scrapeConfigs = [{
        job_name = "node";
        static_configs = [{ targets = [ "127.0.0.1:${toString config.services.prometheus.exporters.node.port}" ]; }];
      }] ++ lib.optionals cfg.prometheus.autoDiscovery.enable (lib.mapAttrsToList
        (name: s: {
          job_name = "service-${name}";
          metrics_path = s.metrics.path;
          scrape_interval = s.metrics.scrapeInterval;
          scrape_timeout = s.metrics.scrapeTimeout;
          relabel_configs = s.metrics.relabelConfigs;
          static_configs = [{
            targets = [ "${s.metrics.interface}:${toString s.metrics.port}" ];
            labels = s.metrics.labels // { service = name; };
          }];
        })
        found) ++ cfg.prometheus.autoDiscovery.staticTargets;
    };

    systemd.tmpfiles.rules = [
      "d /var/lib/node_exporter/textfile_collector 2770 node-exporter node-exporter -"
    ];

    services.loki = {
      enable = cfg.loki.enable;
      configuration.server.http_listen_port = cfg.loki.port;
    };
  };
}
