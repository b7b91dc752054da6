# Snapshots with sanoid, replication with syncoid.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.backup.sanoid;
  int = mkOption { type = types.int; default = 0; description = "Snapshots kept."; };
  unitOf = path: lib.replaceStrings [ "/" ] [ "-" ] path;
  replicated = lib.filterAttrs (_: d: d.replication != null) cfg.datasets;
in
{
  options.modules.backup.sanoid = {
    enable = lib.mkEnableOption "snapshots and replication";
    replicationUser = mkOption { type = types.str; default = "zfs-replication"; description = "User that replicates."; };
    replicationGroup = mkOption { type = types.str; default = "zfs-replication"; description = "Group that replicates."; };
    sshKeyPath = mkOption { type = types.path; default = "/var/lib/zfs-replication/.ssh/id_ed25519"; description = "Key for the target host."; };
    snapshotInterval = mkOption { type = types.str; default = "*:0/15"; description = "When sanoid runs."; };
    replicationInterval = mkOption { type = types.str; default = "hourly"; description = "When syncoid runs."; };

    templates = mkOption {
      default = { };
      description = "How many snapshots are kept, by name.";
      type = types.attrsOf (types.submodule {
        options = {
          frequently = int;
          hourly = int;
          daily = int;
          weekly = int;
          monthly = int;
          yearly = int;
          autosnap = mkOption { type = types.bool; default = true; description = "Whether snapshots are made."; };
          autoprune = mkOption { type = types.bool; default = true; description = "Whether old ones go."; };
        };
      });
    };

    datasets = mkOption {
      default = { };
      description = "Datasets with snapshots, by full path.";
      type = types.attrsOf (types.submodule {
        options = {
          recursive = mkOption { type = types.bool; default = false; description = "Whether children are included."; };
          useTemplate = mkOption { type = types.listOf types.str; default = [ ]; description = "Templates."; };
          retention = mkOption { type = types.attrsOf types.int; default = { }; description = "What differs from the templates."; };
          autosnap = mkOption { type = types.bool; default = true; description = "Whether snapshots are made."; };
          autoprune = mkOption { type = types.bool; default = true; description = "Whether old ones go."; };
          preSnapshotScript = mkOption { type = types.nullOr types.path; default = null; description = "Script before."; };
          postSnapshotScript = mkOption { type = types.nullOr types.path; default = null; description = "Script after."; };
          replication = mkOption {
            default = null;
            description = "Where it is replicated to.";
            type = types.nullOr (types.submodule {
              options = {
                targetHost = mkOption { type = types.str; description = "Host."; };
                targetUser = mkOption { type = types.str; default = cfg.replicationUser; defaultText = lib.literalExpression "config.modules.backup.sanoid.replicationUser"; description = "User on the host."; };
                targetDataset = mkOption { type = types.str; description = "Dataset on the host."; };
                targetName = mkOption { type = types.str; default = ""; description = "Name in metrics."; };
                targetLocation = mkOption { type = types.str; default = ""; description = "Location in metrics."; };
                sendOptions = mkOption { type = types.nullOr types.str; default = "w"; description = "Options of zfs send."; };
                recvOptions = mkOption { type = types.nullOr types.str; default = "u"; description = "Options of zfs receive."; };
                hostKey = mkOption { type = types.str; default = ""; description = "SSH key of the host."; };
              };
            });
          };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    users.users.${cfg.replicationUser} = { isSystemUser = true; inherit (mylib.serviceUids.zfs-replication) uid; group = cfg.replicationGroup; description = "ZFS replication"; };
    users.groups.${cfg.replicationGroup}.gid = mylib.serviceUids.zfs-replication.gid;

    assertions = lib.concatLists (lib.mapAttrsToList
      (path: d: map
        (t: {
          assertion = cfg.templates ? ${t};
          message = "modules.backup.sanoid.datasets.\"${path}\" uses template '${t}', which does not exist.";
        })
        d.useTemplate)
      cfg.datasets);

    systemd.services = {
      sanoid = {
        description = "ZFS snapshots";
        startAt = cfg.snapshotInterval;
        serviceConfig = {
          Type = "oneshot";
          ExecStart = "${lib.getExe pkgs.sanoid} --cron --configdir ${pkgs.writeText "sanoid.json" (builtins.toJSON { inherit (cfg) templates datasets; })}";
        };
      };
    } // lib.mapAttrs'
      (path: d: lib.nameValuePair "syncoid-${unitOf path}" {
        description = "Replication of ${path}";
        startAt = cfg.replicationInterval;
        serviceConfig = {
          Type = "oneshot";
          User = cfg.replicationUser;
          ExecStart = "${pkgs.sanoid}/bin/syncoid --no-sync-snap --sshkey=${cfg.sshKeyPath} --sendoptions=${d.replication.sendOptions} --recvoptions=${d.replication.recvOptions} ${path} ${d.replication.targetUser}@${d.replication.targetHost}:${d.replication.targetDataset}";
        };
      })
      replicated;
  };
}
