# Black-box checks. Endpoints are contributed by the host files of services.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  cfg = config.modules.services.gatus;

  endpoint = c: c.extraConfig // {
    inherit (c) name group url interval conditions alerts client;
  };
in
{
  options.modules.services.gatus = {
    enable = lib.mkEnableOption "black-box checks";
    port = mkOption { type = types.port; default = 8084; description = "Port. 8080 is often taken."; };
    contributions = mkOption {
      default = { };
      description = "Endpoints, by service.";
      type = types.attrsOf (types.submodule ({ name, ... }: {
        options = {
          enabled = mkOption { type = types.bool; default = true; description = "Whether it is probed."; };
          name = mkOption { type = types.str; default = name; description = "Name."; };
          group = mkOption { type = types.str; default = "Services"; description = "Group."; };
          url = mkOption { type = types.str; description = "Address that is probed."; };
          interval = mkOption { type = types.str; default = "60s"; description = "How often."; };
          conditions = mkOption { type = types.listOf types.str; default = [ "[STATUS] == 200" ]; description = "What must hold. Behind single sign-on a probe is redirected."; };
          alerts = mkOption {
            default = [ ];
            description = "Who is told.";
            type = types.listOf (types.submodule {
              options = {
                type = mkOption { type = types.str; default = "pushover"; description = "Kind."; };
                enabled = mkOption { type = types.bool; default = true; description = "Whether it is on."; };
                failureThreshold = mkOption { type = types.int; default = 3; description = "Failures until it is raised."; };
                successThreshold = mkOption { type = types.int; default = 2; description = "Successes until it is over."; };
                sendOnResolved = mkOption { type = types.bool; default = true; description = "Whether the end is told."; };
                description = mkOption { type = types.str; default = ""; description = "Text."; };
              };
            });
          };
          client = {
            insecure = mkOption { type = types.bool; default = false; description = "Whether certificates are not verified."; };
            timeout = mkOption { type = types.str; default = "10s"; description = "How long it may take."; };
          };
          extraConfig = mkOption { type = types.attrs; default = { }; description = "Further settings."; };
        };
      }));
    };
    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };
    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };
  };

  config = lib.mkIf cfg.enable {
    services.gatus = {
      enable = true;
      package = pkgs.unstable.gatus;
      settings = {
        web = { inherit (cfg) port; address = "127.0.0.1"; };
        metrics = cfg.metrics != null && cfg.metrics.enable;
        endpoints = lib.mapAttrsToList (_: endpoint) (lib.filterAttrs (_: c: c.enabled) cfg.contributions);
      };
    };
    modules.services.caddy.virtualHosts.gatus = lib.mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
      enable = true;
      inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
      backend = { scheme = "http"; host = "127.0.0.1"; port = cfg.port; };
    };
  };
}
