{
  boot = {
    loader.systemd-boot.enable = true;
    supportedFilesystems = [ "zfs" ];
    zfs.extraPools = [ "tank" ];
  };
  fileSystems = {
    "/" = { device = "rpool/local/root"; fsType = "zfs"; };
    "/boot" = { device = "/dev/disk/by-label/boot"; fsType = "vfat"; };
  };
}
