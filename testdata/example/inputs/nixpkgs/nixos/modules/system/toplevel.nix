# system.build.toplevel: a derivation of everything rendered. It exists only
# when every assertion holds, as in NixOS.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;

  failed = map (a: a.message) (lib.filter (a: !a.assertion) config.assertions);
  checked = value:
    if failed != [ ] then throw "\nFailed assertions:\n${lib.concatMapStringsSep "\n" (m: "- ${m}") failed}"
    else lib.foldr (w: v: builtins.trace "evaluation warning: ${w}" v) value config.warnings;

  json = name: value: pkgs.writeText "${name}.json" (builtins.toJSON value);
in
{
  options.system = {
    build = mkOption { type = types.lazyAttrsOf types.unspecified; default = { }; description = "What can be built of the system."; };
    stateVersion = mkOption { type = types.str; default = "25.11"; description = "Release that state was made with."; };
    name = mkOption { type = types.str; default = config.networking.hostName; defaultText = lib.literalExpression "config.networking.hostName"; description = "Name of the system."; };
    nixos = {
      release = mkOption { type = types.str; readOnly = true; default = "25.11"; description = "Release of NixOS."; };
      version = mkOption { type = types.str; default = "${config.system.nixos.release}.example"; description = "Version of NixOS."; };
      label = mkOption { type = types.str; default = config.system.nixos.version; description = "Label of the system."; };
    };
    activationScripts = mkOption { type = types.attrsOf types.unspecified; default = { }; description = "Commands run at activation."; };
  };

  config.system.build = {
    units = json "units" (lib.mapAttrs (_: u: u.text) (lib.filterAttrs (_: u: u.enable) config.systemd.units));
    containers = json "containers" (lib.mapAttrs (_: c: { inherit (c) image ports volumes environment; }) config.virtualisation.oci-containers.containers);
    users = json "users" {
      users = lib.mapAttrs (_: u: { inherit (u) name uid group extraGroups home; }) config.users.users;
      groups = lib.mapAttrs (_: g: { inherit (g) name gid members; }) config.users.groups;
    };
    etc = json "etc" (lib.mapAttrs (_: e: "${e.source}") (lib.filterAttrs (_: e: e.enable) config.environment.etc));
    tmpfiles = pkgs.writeText "tmpfiles.conf" (lib.concatStringsSep "\n" config.systemd.tmpfiles.rules);
    toplevel = checked (pkgs.runCommand "nixos-system-${config.system.name}-${config.system.nixos.label}"
      {
        inherit (config.system.build) units containers users etc tmpfiles;
        packages = map toString config.environment.systemPackages;
        mounts = json "mounts" (lib.mapAttrs (_: f: { inherit (f) device fsType options; }) config.fileSystems);
      }
      ''
        for part in "$units" "$containers" "$users" "$etc" "$tmpfiles" "$mounts"; do
          [ -e "$part" ] || exit 1
          echo "$part"
        done > "$out"
      '');
  };
}
