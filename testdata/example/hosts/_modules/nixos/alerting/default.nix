# Alert rules, contributed by services, rendered for Prometheus.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.alerting;
  promql = lib.filterAttrs (_: r: r.type == "promql") cfg.rules;
  events = lib.filterAttrs (_: r: r.type == "event" && r.systemd.onFailure.enable) cfg.rules;
in
{
  options.modules.alerting = {
    enable = mkOption { type = types.bool; default = false; description = "Whether alerting is on."; };
    alertmanager.url = mkOption { type = types.str; default = "http://127.0.0.1:9093"; description = "Address of Alertmanager."; };
    receivers.pushover = {
      tokenSecret = mkOption { type = types.str; default = "pushover/token"; description = "Secret with the token."; };
      userSecret = mkOption { type = types.str; default = "pushover/user-key"; description = "Secret with the user key."; };
    };
    rules = mkOption {
      default = { };
      description = "Alert rules, by name.";
      type = types.attrsOf (types.submodule {
        options = {
          type = mkOption { type = types.enum [ "event" "promql" ]; default = "event"; description = "What raises the alert."; };
          alertname = mkOption { type = types.str; description = "Name of the alert."; };
          severity = mkOption { type = types.enum [ "critical" "high" "medium" "low" ]; default = "medium"; description = "Severity."; };
          labels = mkOption { type = types.attrsOf types.str; default = { }; description = "Labels."; };
          annotations = mkOption { type = types.attrsOf types.str; default = { }; description = "Annotations."; };
          expr = mkOption { type = types.nullOr types.str; default = null; description = "Expression of a promql rule."; };
          for = mkOption { type = types.str; default = "0s"; description = "How long it must hold."; };
          systemd = mkOption {
            default = { };
            description = "Unit of an event rule.";
            type = types.submodule {
              options = {
                unit = mkOption { type = types.nullOr types.str; default = null; description = "Unit that is watched."; };
                onFailure.enable = mkOption { type = types.bool; default = false; description = "Whether its failure raises the alert."; };
              };
            };
          };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = lib.mapAttrsToList
      (name: r: {
        assertion = r.type != "promql" || r.expr != null;
        message = "modules.alerting.rules.${name} is promql and has no expr.";
      })
      cfg.rules;

    services.prometheus.ruleFiles = [
      (pkgs.writeText "alert-rules.json" (builtins.toJSON {
        groups = [{
          name = "modules.alerting";
          rules = lib.mapAttrsToList
            (_: r: { alert = r.alertname; inherit (r) expr for annotations; labels = r.labels // { inherit (r) severity; }; })
            promql;
        }];
      }))
    ];
    systemd.services = lib.mapAttrs'
      (_: r: lib.nameValuePair (lib.removeSuffix ".service" r.systemd.unit) { onFailure = [ "notify@${r.alertname}:%n.service" ]; })
      events;
  };
}
