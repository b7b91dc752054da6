{ config, ... }:
{
  modules.services.backup = {
    enable = true;
    repositories = {
      nas-primary = {
        url = "/mnt/nas-backup";
        passwordFile = config.sops.secrets."restic/password".path;
        primary = true;
      };
      offsite = {
        url = "s3:https://s3.example/forge";
        passwordFile = config.sops.secrets."restic/password".path;
        environmentFile = config.sops.secrets."restic/offsite-env".path;
        type = "s3";
      };
    };
    restic = {
      enable = true;
      jobs.system = { repository = "nas-primary"; paths = [ "/etc/ssh" "/var/lib/nixos" ]; tags = [ "system" ]; };
    };
  };
}
