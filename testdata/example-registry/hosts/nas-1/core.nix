{
  boot.loader.systemd-boot.enable = true;
  boot.supportedFilesystems = [ "zfs" ];
  fileSystems."/" = { device = "rpool/local/root"; fsType = "zfs"; };

  networking = {
    hostName = "nas-1";
    domain = "home.example";
    hostId = "2c4142f8";
    firewall.allowedTCPPorts = [ 2049 ]; # NFS
  };

  # The ids that NFS and replication carry are those of forge.
  modules.users.sharedGroups.enable = true;

  modules = {
    storage.datasets = { enable = true; parentDataset = "tank/services"; };
    backup.sanoid = { enable = true; templates.services = { daily = 14; weekly = 8; monthly = 6; }; };
  };
  services.openssh.enable = true;
}
