# Prometheus, its node exporter, Alertmanager, Grafana and Loki.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  prometheus = config.services.prometheus;
  inherit (prometheus) alertmanager;
  inherit (prometheus.exporters) node;
  inherit (config.services) grafana loki;
  account = name: { isSystemUser = true; group = name; uid = config.ids.uids.${name} or null; };
in
{
  options.services = {
    prometheus = {
      enable = lib.mkEnableOption "Prometheus monitoring daemon";
      package = lib.mkPackageOption pkgs "prometheus" { };
      port = mkOption { type = types.port; default = 9090; description = "Port to listen on."; };
      listenAddress = mkOption { type = types.str; default = "0.0.0.0"; description = "Address to listen on."; };
      retentionTime = mkOption { type = types.nullOr types.str; default = null; description = "How long samples are kept."; };
      scrapeConfigs = mkOption { type = types.listOf types.attrs; default = [ ]; description = "What is scraped."; };
      ruleFiles = mkOption { type = types.listOf types.path; default = [ ]; description = "Files of rules."; };
      alertmanager = {
        enable = lib.mkEnableOption "Prometheus Alertmanager";
        port = mkOption { type = types.port; default = 9093; description = "Port to listen on."; };
        configuration = mkOption { type = types.nullOr types.attrs; default = null; description = "Configuration."; };
      };
      exporters.node = {
        enable = lib.mkEnableOption "the Prometheus node exporter";
        port = mkOption { type = types.port; default = 9100; description = "Port to listen on."; };
        enabledCollectors = mkOption { type = types.listOf types.str; default = [ ]; description = "Further collectors."; };
        extraFlags = mkOption { type = types.listOf types.str; default = [ ]; description = "Further flags."; };
        user = mkOption { type = types.str; default = "node-exporter"; description = "User under which it runs."; };
        group = mkOption { type = types.str; default = "node-exporter"; description = "Group under which it runs."; };
      };
    };
    grafana = {
      enable = lib.mkEnableOption "grafana";
      package = lib.mkPackageOption pkgs "grafana" { };
      dataDir = mkOption { type = types.path; default = "/var/lib/grafana"; description = "Data directory."; };
      settings = mkOption {
        type = types.submodule {
          freeformType = types.attrsOf types.anything;
          options.server.http_port = mkOption { type = types.port; default = 3000; description = "Port to listen on."; };
          options.server.http_addr = mkOption { type = types.str; default = "127.0.0.1"; description = "Address to listen on."; };
        };
        default = { };
        description = "grafana.ini.";
      };
      provision = {
        enable = lib.mkEnableOption "provisioning";
        datasources.settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "Data sources."; };
        dashboards.settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "Dashboards."; };
      };
    };
    loki = {
      enable = lib.mkEnableOption "Grafana Loki";
      dataDir = mkOption { type = types.path; default = "/var/lib/loki"; description = "Data directory."; };
      configuration = mkOption { type = types.attrsOf types.anything; default = { }; description = "Configuration."; };
    };
  };

  config = lib.mkMerge [
    (lib.mkIf prometheus.enable {
      users.users.prometheus = account "prometheus";
      users.groups.prometheus.gid = config.ids.gids.prometheus;
      systemd.services.prometheus = {
        description = "Prometheus";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = {
          User = "prometheus";
          StateDirectory = "prometheus2";
          ExecStart = "${lib.getExe prometheus.package} --config.file=${pkgs.writeText "prometheus.json" (builtins.toJSON { scrape_configs = prometheus.scrapeConfigs; rule_files = prometheus.ruleFiles; })} --web.listen-address=${prometheus.listenAddress}:${toString prometheus.port}";
        };
      };
    })
    (lib.mkIf alertmanager.enable {
      systemd.services.alertmanager = {
        description = "Alertmanager";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = { DynamicUser = true; StateDirectory = "alertmanager"; ExecStart = "${lib.getExe pkgs.alertmanager} --web.listen-address=:${toString alertmanager.port}"; };
      };
    })
    (lib.mkIf node.enable {
      users.users.${node.user} = { isSystemUser = true; inherit (node) group; };
      users.groups.${node.group} = { };
      systemd.services.prometheus-node-exporter = {
        description = "Prometheus exporter for machine metrics";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = { User = node.user; ExecStart = "${lib.getExe pkgs.prometheus-node-exporter} --web.listen-address=:${toString node.port} ${lib.escapeShellArgs node.extraFlags}"; };
      };
    })
    (lib.mkIf grafana.enable {
      users.users.grafana = account "grafana" // { home = grafana.dataDir; };
      users.groups.grafana = { };
      systemd.services.grafana = {
        description = "Grafana Service Daemon";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = { User = "grafana"; WorkingDirectory = grafana.dataDir; ExecStart = "${lib.getExe grafana.package} server -config ${pkgs.writeText "grafana.json" (builtins.toJSON { inherit (grafana) settings provision; })}"; };
      };
    })
    (lib.mkIf loki.enable {
      users.users.loki = { isSystemUser = true; group = "loki"; home = loki.dataDir; };
      users.groups.loki = { };
      systemd.services.loki = {
        description = "Loki Service Daemon";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = { User = "loki"; ExecStart = "${lib.getExe pkgs.grafana-loki} -config.file=${pkgs.writeText "loki.json" (builtins.toJSON loki.configuration)}"; };
      };
    })
  ];
}
