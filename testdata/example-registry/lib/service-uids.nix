# The ids of service accounts, one place for all hosts: data on ZFS, NFS and
# in backups carry them, so a number given once is never given again.
#
#   serviceIds = mylib.serviceUids.sonarr;
#   users.users.sonarr.uid = serviceIds.uid;
{ ... }:
{
  # --- groups of more than one service

  sharedGroups = {
    media = { gid = 65537; description = "Those who may write media"; };
    render = { gid = 303; description = "Those who may use the GPU"; };
  };
  mediaGroup = { gid = 65537; description = "Those who may write media"; };

  # --- media and downloads

  sonarr = {
    uid = 915;
    gid = 65537;
    groupName = "media";
    description = "Sonarr";
    extraGroups = [ ];
  };

  qbittorrent = {
    uid = 917;
    gid = 65537;
    groupName = "media";
    description = "qBittorrent";
    extraGroups = [ ];
  };

  recyclarr = {
    uid = 922;
    gid = 922;
    description = "Recyclarr";
    extraGroups = [ ];
  };

  # --- applications

  enclosed = {
    uid = 912;
    gid = 912;
    description = "Enclosed";
    extraGroups = [ ];
  };

  tautulli = {
    uid = 914;
    gid = 914;
    description = "Tautulli";
    extraGroups = [ "media" ];
  };

  pocketid = {
    uid = 980;
    gid = 980;
    groupName = "pocket-id";
    description = "Pocket ID";
    extraGroups = [ ];
  };

  # --- backups

  zfs-replication = {
    uid = 960;
    gid = 960;
    description = "ZFS replication";
    extraGroups = [ ];
  };

  restic-backup = {
    uid = 961;
    gid = 961;
    description = "Backups";
    extraGroups = [ ];
  };

  # Next available: 945

  # --- helpers

  mkUserConfig = serviceName: extraAttrs: entry: {
    inherit (entry) uid;
    group = entry.groupName or serviceName;
    extraGroups = entry.extraGroups or [ ];
    description = entry.description or serviceName;
  } // extraAttrs;

  getExtraGroups = serviceName: additional: self: (self.${serviceName}.extraGroups or [ ]) ++ additional;

  getBackupGroups = serviceNames: serviceNames;

  _meta = {
    version = 1;
    sharedGids = [ 65537 ];
  };
}
