# Grafana; services contribute data sources and dashboards.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.services.grafana;
  integrations = lib.attrValues cfg.integrations;
  all = attr: lib.foldl' (acc: i: acc // i.${attr}) { } integrations;
in
{
  options.modules.services.grafana = {
    enable = lib.mkEnableOption "Grafana";
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
  };

  config = lib.mkIf cfg.enable {
    services.grafana = {
      enable = true;
      provision = {
        enable = true;
        datasources.settings.datasources = lib.attrValues (all "datasources");
        dashboards.settings.providers = lib.mapAttrsToList
          (_: d: { inherit (d) name folder; type = "file"; options.path = toString d.path; })
          (all "dashboards");
      };
    };
    systemd.services.grafana.serviceConfig.LoadCredential = lib.concatMap (i: i.loadCredentials) integrations;
  };
}
