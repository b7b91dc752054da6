{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.systemd;
  unit = import ../../lib/unit-options.nix { inherit lib pkgs; };
  set = type: description: mkOption { type = types.attrsOf type; default = { }; inherit description; };
  list = type: description: mkOption { type = types.listOf type; default = [ ]; inherit description; };
  files = suffix: lib.mapAttrs' (name: u: lib.nameValuePair "${name}.${suffix}" { inherit (u) enable text wantedBy requiredBy; });
in
{
  options.systemd = {
    services = set unit.service "Services.";
    timers = set unit.timer "Timers.";
    sockets = set unit.socket "Sockets.";
    targets = set unit.target "Targets.";
    paths = set unit.path "Watched paths.";
    slices = set unit.target "Slices.";
    mounts = list unit.mount "Mounts.";
    automounts = list unit.mount "Mounts made when they are used.";
    units = mkOption { type = types.attrsOf types.attrs; internal = true; default = { }; description = "All unit files."; };
    tmpfiles.rules = list types.str "Rules of systemd-tmpfiles.";
    tmpfiles.settings = mkOption { type = types.attrsOf (types.attrsOf (types.attrsOf types.attrs)); default = { }; description = "Rules of systemd-tmpfiles, by file, path and type."; };
    sysusers.enable = lib.mkEnableOption "systemd-sysusers";
    package = mkOption { type = types.package; default = pkgs.systemd; description = "The systemd package."; };
  };

  config = {
    systemd.units =
      files "service" cfg.services
      // files "timer" cfg.timers
      // files "socket" cfg.sockets
      // files "target" cfg.targets
      // files "path" cfg.paths;
    systemd.timers = lib.mapAttrs
      (_: s: { wantedBy = [ "timers.target" ]; timerConfig.OnCalendar = s.startAt; })
      (lib.filterAttrs (_: s: s.enable && s.startAt != [ ]) cfg.services);
    systemd.targets = lib.genAttrs [ "multi-user" "network" "network-online" "timers" "sockets" "remote-fs" "zfs-import" ] (_: { });
  };
}
