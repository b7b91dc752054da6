# Functions, not a module: storageHelpers = mylib.storageHelpers pkgs;
{ pkgs, lib }:
rec {
  # Whether a service may start with nothing when nothing could be restored.
  allowEmptyBootstrapFor = { config, datasetName }:
    let
      policy = lib.attrByPath [ "modules" "storage" "datasets" "services" datasetName "protection" ] null config;
    in
    policy == null || policy.allowEmptyBootstrap;

  # The entry of the dataset, or of the nearest one above it, that is replicated.
  findReplication = { sanoidDatasets, datasetPath }:
    let
      parts = lib.splitString "/" datasetPath;
      above = lib.concatStringsSep "/" (lib.init parts);
      replication = (sanoidDatasets.${datasetPath} or { }).replication or null;
    in
    if replication != null then { sourcePath = datasetPath; inherit replication; }
    else if builtins.length parts == 1 then null
    else findReplication { inherit sanoidDatasets; datasetPath = above; };

  mkReplicationConfig = { config, datasetPath }:
    let
      inherit (config.modules.backup) sanoid;
      found = findReplication { sanoidDatasets = sanoid.datasets; inherit datasetPath; };
    in
    if found == null || !sanoid.enable then null
    else {
      inherit (found.replication) targetHost sendOptions recvOptions;
      targetDataset = found.replication.targetDataset + lib.removePrefix found.sourcePath datasetPath;
      sshUser = found.replication.targetUser;
      inherit (sanoid) sshKeyPath;
    };

  mkNfsMountConfig = { config, nfsMountDependency }:
    if nfsMountDependency == null then null
    else config.modules.storage.nfsMounts.${nfsMountDependency} or null;

  # A unit that fills an empty data directory before the service starts, from
  # a replica, a local snapshot or a restic repository, in the order given.
  # Each module must call it and order its unit after preseed-<service>.
  mkPreseedService =
    { serviceName
    , dataset
    , mountpoint
    , mainServiceUnit
    , replicationCfg ? null
    , datasetProperties ? { recordsize = "128K"; compression = "lz4"; }
    , resticRepoUrl
    , resticPasswordFile
    , resticEnvironmentFile ? null
    , resticPaths
    , restoreMethods ? [ "syncoid" "local" "restic" ]
    , hasCentralizedNotifications ? false
    , timeoutSec ? 1800
    , owner ? "root"
    , group ? "root"
    , allowEmptyBootstrap ? true
    }:
    let
      steps = {
        syncoid =
          if replicationCfg == null then "false"
          else "syncoid --no-sync-snap --sshkey=${replicationCfg.sshKeyPath} ${replicationCfg.sshUser}@${replicationCfg.targetHost}:${replicationCfg.targetDataset} ${dataset}";
        local = "zfs rollback -r \"$(zfs list -H -t snapshot -o name -s creation ${dataset} | tail -n 1)\"";
        restic = "restic -r ${resticRepoUrl} --password-file ${toString resticPasswordFile} restore latest --target / ${lib.concatMapStringsSep " " (p: "--include ${p}") resticPaths}";
      };
      order = lib.filter (m: steps ? ${m}) (lib.unique restoreMethods);
    in
    {
      systemd.services."preseed-${serviceName}" = {
        description = "Restore the data of ${serviceName} when there are none";
        wantedBy = [ "storage-preseed.target" ];
        wants = [ "network-online.target" ];
        after = [ "network-online.target" "zfs-import.target" "zfs-mount.service" "zfs-service-datasets.service" ];
        before = [ mainServiceUnit ];
        onFailure = lib.optional hasCentralizedNotifications "notify@preseed-failure:%n.service";
        path = with pkgs; [ zfs coreutils gnugrep restic openssh sanoid ];
        serviceConfig = {
          Type = "oneshot";
          RemainAfterExit = true;
          User = "root"; # zfs and chown
          TimeoutStartSec = timeoutSec;
        } // lib.optionalAttrs (resticEnvironmentFile != null) { EnvironmentFile = resticEnvironmentFile; };
        script = ''
          [ -z "$(ls -A ${lib.escapeShellArg mountpoint} 2>/dev/null)" ] || exit 0
          restore() {
            ${lib.concatMapStringsSep " || " (m: steps.${m}) order} || ${if allowEmptyBootstrap then "zfs create -p" else "exit 1 #"} ${lib.concatStringsSep " " (lib.mapAttrsToList (k: v: "-o ${k}=${v}") datasetProperties)} ${dataset}
          }
          restore
          chown -R ${owner}:${group} ${lib.escapeShellArg mountpoint}
        '';
      };
    };
}
