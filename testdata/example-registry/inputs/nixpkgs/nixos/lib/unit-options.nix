# Types of systemd units, shared by services, timers, sockets, mounts and targets.
{ lib, pkgs }:
let
  inherit (lib) mkOption types;

  scalar = x: x == null || builtins.elem (builtins.typeOf x) [ "bool" "int" "float" "string" "path" ] || lib.isDerivation x;
  directive = lib.mkOptionType {
    name = "systemd option";
    check = x: scalar x || (builtins.isList x && lib.all scalar x);
    merge = loc: defs:
      if lib.any (d: builtins.isList d.value) defs then lib.concatMap (d: lib.toList d.value) defs
      else lib.mergeEqualOption loc defs;
  };
  section = description: mkOption { type = types.attrsOf directive; default = { }; inherit description; };
  units = description: mkOption { type = types.listOf types.str; default = [ ]; inherit description; };
  script = description: mkOption { type = types.lines; default = ""; inherit description; };

  render = value:
    if builtins.isBool value then lib.boolToString value else toString value;
  renderSection = name: set:
    let
      lines = lib.concatMap (k: map (v: "${k}=${render v}") (lib.filter (v: v != null) (lib.toList set.${k}))) (lib.attrNames set);
    in
    lib.optionalString (lines != [ ]) "[${name}]\n${lib.concatStringsSep "\n" lines}\n";

  common = {
    enable = mkOption { type = types.bool; default = true; description = "If false, the unit is a link to /dev/null."; };
    description = mkOption { type = types.singleLineStr; default = ""; description = "What the unit is."; };
    documentation = units "Where the unit is documented.";
    requires = units "Units that must start with it.";
    wants = units "Units that should start with it.";
    after = units "Units that start before it.";
    before = units "Units that start after it.";
    bindsTo = units "Units whose end is its end.";
    partOf = units "Units whose restart is its restart.";
    conflicts = units "Units that cannot run beside it.";
    requisite = units "Units that must already run.";
    wantedBy = units "Units that want it.";
    requiredBy = units "Units that require it.";
    upheldBy = units "Units that keep it running.";
    aliases = units "Other names.";
    onFailure = units "Units started when it fails.";
    onSuccess = units "Units started when it ends well.";
    unitConfig = section "The [Unit] section.";
    startLimitBurst = mkOption { type = types.nullOr types.int; default = null; description = "Starts allowed in the interval."; };
    startLimitIntervalSec = mkOption { type = types.nullOr types.int; default = null; description = "Interval of the start limit."; };
    overrideStrategy = mkOption { type = types.enum [ "asDropinIfExists" "asDropin" ]; default = "asDropinIfExists"; description = "How an existing unit is changed."; };
    text = mkOption { type = types.lines; internal = true; readOnly = true; description = "The unit file."; };
  };

  unitSection = config: renderSection "Unit"
    (
      lib.optionalAttrs (config.description != "") { Description = config.description; }
        // lib.filterAttrs (_: v: v != [ ]) {
        Requires = config.requires;
        Wants = config.wants;
        After = config.after;
        Before = config.before;
        BindsTo = config.bindsTo;
        PartOf = config.partOf;
        OnFailure = config.onFailure;
      }
        // config.unitConfig
    ) + lib.optionalString (config.wantedBy != [ ] || config.requiredBy != [ ])
    (renderSection "Install" (lib.filterAttrs (_: v: v != [ ]) { WantedBy = config.wantedBy; RequiredBy = config.requiredBy; }));

  simple = attr: title: extra: types.submodule ({ config, ... }: {
    options = common // extra // { ${attr} = section "The [${title}] section."; };
    config.text = unitSection config + renderSection title config.${attr};
  });
in
{
  inherit directive;

  service = types.submodule ({ name, config, ... }:
    let
      job = hook: text: "${pkgs.writeShellScript "unit-script-${lib.replaceStrings [ "@" ] [ "_" ] name}-${hook}" "set -e\n${text}"}";
      hook = directiveName: option: lib.mkIf (config.${option} != "") { ${directiveName} = [ (job (lib.toLower directiveName) config.${option}) ]; };
    in
    {
      options = common // {
        serviceConfig = section "The [Service] section.";
        environment = mkOption { type = types.attrsOf (types.nullOr (types.oneOf [ types.str types.path types.package ])); default = { }; description = "Environment variables."; };
        path = mkOption { type = types.listOf (types.oneOf [ types.package types.str ]); default = [ ]; description = "Packages in its PATH."; };
        script = script "Shell commands that are the service.";
        scriptArgs = mkOption { type = types.str; default = ""; description = "Arguments of the script."; };
        preStart = script "Shell commands before it starts.";
        postStart = script "Shell commands after it started.";
        preStop = script "Shell commands that stop it.";
        postStop = script "Shell commands after it stopped.";
        reload = script "Shell commands that reload it.";
        restartIfChanged = mkOption { type = types.bool; default = true; description = "Whether a new configuration restarts it."; };
        reloadIfChanged = mkOption { type = types.bool; default = false; description = "Whether a new configuration reloads it."; };
        stopIfChanged = mkOption { type = types.bool; default = true; description = "Whether it stops before a new configuration."; };
        restartTriggers = mkOption { type = types.listOf types.unspecified; default = [ ]; description = "Values whose change restarts it."; };
        startAt = mkOption { type = types.coercedTo types.str lib.singleton (types.listOf types.str); default = [ ]; description = "Calendar events that start it."; };
      };
      config = {
        serviceConfig = lib.mkMerge [
          (lib.mkIf (config.script != "") { ExecStart = job "start" config.script + " " + config.scriptArgs; })
          (hook "ExecStartPre" "preStart")
          (hook "ExecStartPost" "postStart")
          (hook "ExecStop" "preStop")
          (hook "ExecStopPost" "postStop")
          (hook "ExecReload" "reload")
        ];
        text = unitSection config + renderSection "Service" (
          lib.optionalAttrs (config.environment != { } || config.path != [ ])
            {
              Environment = lib.mapAttrsToList (k: v: builtins.toJSON "${k}=${toString v}")
                (lib.filterAttrs (_: v: v != null) config.environment)
              ++ lib.optional (config.path != [ ]) (builtins.toJSON "PATH=${lib.makeBinPath config.path}");
            }
          // builtins.removeAttrs config.serviceConfig (lib.optional (config.environment != { } || config.path != [ ]) "Environment")
        );
      };
    });

  timer = simple "timerConfig" "Timer" { };
  target = types.submodule ({ config, ... }: { options = common; config.text = unitSection config; });
  socket = simple "socketConfig" "Socket" {
    listenStreams = units "Addresses of stream sockets.";
    listenDatagrams = units "Addresses of datagram sockets.";
  };
  mount = simple "mountConfig" "Mount" {
    what = mkOption { type = types.str; description = "What is mounted."; };
    where = mkOption { type = types.str; description = "Where it is mounted."; };
    type = mkOption { type = types.str; default = ""; description = "Type of file system."; };
    options = mkOption { type = types.commas; default = ""; description = "Mount options."; };
  };
  path = simple "pathConfig" "Path" { };
}
