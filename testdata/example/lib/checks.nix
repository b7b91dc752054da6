# What must stay true of the evaluated hosts. A service with a backup changes
# the counts of deployment-backup-guard: raise them together with it.
{ lib, pkgs, nixosConfigurations }:
let
  forge = nixosConfigurations.forge.config;
  count = pred: set: builtins.length (builtins.attrNames (lib.filterAttrs pred set));

  expect = what: expected: actual:
    lib.optional (actual != expected) "${what}: expected ${toString expected}, evaluated ${toString actual}";

  guard = name: failures:
    if failures == [ ] then pkgs.runCommand name { } "echo ok > $out"
    else throw "${name}:\n${lib.concatMapStringsSep "\n" (f: "- ${f}") failures}";

  vhosts = lib.filterAttrs (_: v: v.enable) forge.modules.services.caddy.virtualHosts;
  policies = forge.modules.services.caddy.security.authorizationPolicies;
in
{
  deployment-backup-guard = guard "deployment-backup-guard" (
    expect "restic jobs" 12 (count (_: j: j.enable) forge.modules.services.backup._internal.allJobs)
    ++ expect "snapshot datasets" 11 (count (_: d: d.autosnap) forge.modules.backup.sanoid.datasets)
    ++ expect "backup timers" 14 (count (n: _: lib.hasPrefix "restic-" n) forge.systemd.timers)
  );

  auth-policies = guard "auth-policies" (lib.concatLists (lib.mapAttrsToList
    (name: v: lib.optional
      (v.caddySecurity != null && v.caddySecurity.enable && !(policies ? ${v.caddySecurity.policy}))
      "${name}: no policy ${v.caddySecurity.policy}")
    vhosts));
}
