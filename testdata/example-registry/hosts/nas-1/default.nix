# nas-1: storage. Exports the media, receives replicas and backups.
{
  imports = [ ./core.nix ];

  my.hostIp = "10.20.0.11";
  system.stateVersion = "25.11";
}
