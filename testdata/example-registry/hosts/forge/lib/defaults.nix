# What the services of forge share:
#   forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
{ config, lib }:
import ../../../lib/host-defaults.nix {
  inherit config lib;
  hostConfig = {
    zfsPool = "tank";
    servicesDataset = "tank/services";
    podmanNetwork = "media-services";
    replication = {
      targetHost = "nas-1.${config.networking.domain}";
      targetDataset = "backup/forge/zfs-recv";
      sendOptions = "wp";
      recvOptions = "u";
      hostKey = "nas-1.${config.networking.domain} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEX";
      targetName = "NFS";
      targetLocation = "nas-1";
    };
    backup = {
      repository = "nas-primary";
      mountPath = "/mnt/nas-backup";
      passwordSecret = "restic/password";
    };
    impermanence = {
      persistPath = "/persist";
      rootPoolName = "rpool/local/root";
      rootBlankSnapshotName = "blank";
    };
  };
}
