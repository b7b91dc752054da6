{ config, ... }:
{
  modules = {
    storage = {
      datasets = {
        enable = true;
        parentDataset = "tank/services";
        parentMount = "/srv";
        utility."tank/temp" = { mountpoint = "none"; properties."com.sun:auto-snapshot" = "false"; };
      };
      nfsMounts.media = {
        enable = true;
        server = "nas-1.${config.networking.domain}";
        remotePath = "/tank/share";
        localPath = "/mnt/data";
        group = "media";
        mode = "0775";
      };
    };

    backup.sanoid = {
      enable = true;
      sshKeyPath = config.sops.secrets."zfs-replication/ssh-key".path;
      templates = {
        production = { hourly = 24; daily = 7; weekly = 4; monthly = 3; };
        services = { hourly = 48; daily = 14; weekly = 8; monthly = 6; };
        wal-frequent = { frequently = 12; hourly = 48; daily = 7; };
      };
    };
  };
}
