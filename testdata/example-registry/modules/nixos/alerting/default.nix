# Alert rules, contributed by services, rendered for Prometheus.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.alerting;
  promql = lib.filterAttrs (_: r: r.type == "promql") cfg.rules;
  churning = lib.filterAttrs (_: r: r.restartChurn != null) cfg.rules;

  # Units that rules name, so that no alert waits for one that is not there.
  namedIn = expr: map lib.head (lib.filter lib.isList (builtins.split ''name="([^"=~]+)[.]service"'' expr));
  units = lib.mapAttrs
    (_: r: lib.unique (
      lib.optional (r.systemd.unit != null && !r.systemd.external) (lib.removeSuffix ".service" r.systemd.unit)
      ++ lib.optional (r.restartChurn != null) (lib.removeSuffix ".service" r.restartChurn.unit)
      ++ lib.optionals (r.expr != null && !r.systemd.external) (namedIn r.expr)
    ))
    cfg.rules;
  missing = lib.concatLists (lib.mapAttrsToList
    (rule: names: map (unit: "modules.alerting.rules.${rule}: ${unit}.service") (lib.filter (u: !(config.systemd.services ? ${u})) names))
    units);
  alertnames = lib.mapAttrsToList (_: r: r.alertname) cfg.rules;

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
          restartChurn = mkOption {
            default = null;
            description = "A second alert, for a unit that keeps restarting.";
            type = types.nullOr (types.submodule {
              options = {
                unit = mkOption { type = types.str; description = "Unit that is watched."; };
                displayName = mkOption { type = types.str; description = "Name in the alert."; };
                description = mkOption { type = types.str; default = ""; description = "Text of the alert."; };
                threshold = mkOption { type = types.int; default = 3; description = "Restarts that are too many."; };
                window = mkOption { type = types.str; default = "30m"; description = "Time in which they are counted."; };
              };
            });
          };
          systemd = mkOption {
            default = { };
            description = "Unit of the rule.";
            type = types.submodule {
              options = {
                unit = mkOption { type = types.nullOr types.str; default = null; description = "Unit that is watched."; };
                external = mkOption { type = types.bool; default = false; description = "Whether the unit is made by something else than this configuration."; };
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
      cfg.rules ++ [
      {
        assertion = missing == [ ];
        message = "Alert rules name units that do not exist:\n${lib.concatMapStringsSep "\n" (m: "  - ${m}") missing}";
      }
      {
        assertion = lib.length (lib.unique alertnames) == lib.length alertnames;
        message = "Two alert rules have one alertname.";
      }
    ];

    services.prometheus.ruleFiles = [
      (pkgs.writeText "alert-rules.json" (builtins.toJSON {
        groups = [{
          name = "modules.alerting";
          rules = lib.mapAttrsToList
            (_: r: { alert = r.alertname; inherit (r) expr for annotations; labels = r.labels // { inherit (r) severity; }; })
            promql ++ lib.mapAttrsToList
            (_: r: {
              alert = "${r.alertname}RestartChurn";
              expr = ''increase(node_systemd_service_restart_total{name="${r.restartChurn.unit}"}[${r.restartChurn.window}]) > ${toString r.restartChurn.threshold}'';
              for = "0m";
              annotations.summary = "${r.restartChurn.displayName} keeps restarting";
              labels = r.labels // { inherit (r) severity; };
            })
            churning;
        }];
      }))
    ];
    systemd.services = lib.mapAttrs'
      (_: r: lib.nameValuePair (lib.removeSuffix ".service" r.systemd.unit) { onFailure = [ "notify@${r.alertname}:%n.service" ]; })
      events;
  };
}
