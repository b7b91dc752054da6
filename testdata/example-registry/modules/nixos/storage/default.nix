{
  imports = [
    ./datasets.nix
    ./nfs-mounts.nix
    ./protection-manifest.nix
    ./sanoid.nix
  ];

  # Restores are ordered before it.
  systemd.targets.storage-preseed = {
    description = "Restored data";
    wantedBy = [ "multi-user.target" ];
    after = [ "zfs-import.target" "zfs-mount.service" ];
  };
}
