# Dashboard. Tiles are contributed by the host files of services.
{ config, lib, mylib, ... }:
let
  inherit (lib) mkOption types;
  sharedTypes = mylib.types;
  cfg = config.modules.services.homepage;

  tile = c: {
    ${c.name} = lib.filterAttrs (_: v: v != null && v != { }) {
      inherit (c) icon href description server container siteMonitor statusStyle widget;
    };
  };
  groups = lib.groupBy (c: c.group) (lib.attrValues cfg.contributions);
in
{
  options.modules.services.homepage = {
    enable = lib.mkEnableOption "the dashboard";
    port = mkOption { type = types.port; default = 3003; description = "Port."; };
    environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the HOMEPAGE_VAR_ variables of widgets."; };
    contributions = mkOption {
      default = { };
      description = "Tiles, by service.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          group = mkOption { type = types.str; description = "Group of the tile."; };
          name = mkOption { type = types.str; default = name; description = "Name on the tile."; };
          icon = mkOption { type = types.nullOr types.str; default = null; description = "Icon."; };
          href = mkOption { type = types.str; description = "Where it leads."; };
          description = mkOption { type = types.str; default = ""; description = "Text."; };
          server = mkOption { type = types.nullOr types.str; default = null; description = "Container host."; };
          container = mkOption { type = types.nullOr types.str; default = null; description = "Container."; };
          siteMonitor = mkOption { type = types.nullOr types.str; default = null; description = "Address that is probed."; };
          statusStyle = mkOption { type = types.nullOr (types.enum [ "dot" "basic" "full" ]); default = null; description = "How the state is shown."; };
          widget = mkOption { type = types.nullOr types.attrs; default = null; description = "Widget."; };
        };
      }));
    };
    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };
  };

  config = lib.mkIf cfg.enable {
    services.homepage-dashboard = {
      enable = true;
      listenPort = cfg.port;
      environmentFiles = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
      services = lib.mapAttrsToList (group: cs: { ${group} = map tile cs; }) groups;
    };
    modules.services.caddy.virtualHosts.homepage = lib.mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
      enable = true;
      inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
      backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
    };
  };
}
