# Grafana; services contribute data sources and dashboards.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  cfg = config.modules.services.grafana;
  integrations = lib.attrValues cfg.integrations;
  all = attr: lib.foldl' (acc: i: acc // i.${attr}) { } integrations;
in
{
  options.modules.services.grafana = {
    enable = lib.mkEnableOption "Grafana";
    port = mkOption { type = types.port; default = 3000; description = "Port."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/grafana"; description = "Data directory."; };
    integrations = mkOption {
      default = { };
      description = "What services contribute.";
      type = types.attrsOf (types.submodule {
        options = {
          datasources = mkOption { type = types.attrs; default = { }; description = "Data sources."; };
          dashboards = mkOption {
            default = { };
            description = "Dashboards.";
            type = types.attrsOf (types.submodule {
              options = {
                name = mkOption { type = types.str; description = "Name."; };
                folder = mkOption { type = types.str; default = ""; description = "Folder."; };
                path = mkOption { type = types.path; description = "File or folder."; };
              };
            });
          };
          loadCredentials = mkOption { type = types.listOf types.str; default = [ ]; description = "Credentials, as name:path."; };
        };
      });
    };
    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };
    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = null; description = "Backups."; };
  };

  config = lib.mkIf cfg.enable {
    services.grafana = {
      enable = true;
      inherit (cfg) dataDir;
      settings.server.http_port = cfg.port;
      provision = {
        enable = true;
        datasources.settings.datasources = lib.mapAttrsToList (name: source: { uid = "auto-${name}"; } // source) (all "datasources");
        dashboards.settings.providers = lib.mapAttrsToList
          (_: dashboards: { inherit (dashboards) name folder; type = "file"; options.path = toString dashboards.path; })
          (all "dashboards");
      };
    };
    systemd.services.grafana.serviceConfig.LoadCredential = lib.concatMap (i: i.loadCredentials) integrations;

    modules.storage.datasets.services.grafana = {
      mountpoint = cfg.dataDir;
      recordsize = "16K";
      compression = "zstd";
      properties."com.sun:auto-snapshot" = "true";
      owner = "grafana";
      group = "grafana";
    };
    modules.services.caddy.virtualHosts.grafana = lib.mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
      enable = true;
      inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
      backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
    };
  };
}
