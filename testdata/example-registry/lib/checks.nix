# What must stay true of the evaluated hosts. The counts are tripwires: a
# service with a backup, a snapshot or a classified dataset raises them.
{ lib, pkgs, nixosConfigurations }:
let
  forge = nixosConfigurations.forge.config;
  names = pred: set: builtins.attrNames (lib.filterAttrs pred set);
  ok = name: pkgs.runCommand name { } "echo ok > $out";

  backupTimers = names (n: _: lib.hasPrefix "restic-" n || lib.hasPrefix "syncoid-" n || n == "sanoid") forge.systemd.timers;
  snapshotDatasets = names (_: d: d.autosnap) forge.modules.backup.sanoid.datasets;
  resticJobs = names (_: j: j.enable) forge.modules.services.backup._internal.allJobs;
  classified = builtins.attrNames forge.modules.storage.protectionManifest;
in
{
  deployment-backup-guard =
    assert builtins.length backupTimers == 12;
    assert builtins.elem "restic-backup-service-sonarr" backupTimers;
    assert builtins.length snapshotDatasets == 4;
    assert builtins.length resticJobs == 5;
    ok "deployment-backup-guard";

  protection-manifest =
    assert builtins.length classified == 5;
    assert builtins.all (n: forge.modules.storage.datasets.services ? ${n}) classified;
    ok "protection-manifest";
}
