# Secrets of forge: names and owners; the values are in secrets.sops.yaml.
{ config, lib, pkgs, ... }:
let
  inherit (lib) optionalAttrs optionalString;

  resticEnabled = (config.modules.services.backup.enable or false) && (config.modules.services.backup.restic.enable or false);
  sanoidEnabled = config.modules.backup.sanoid.enable or false;
  alertingEnabled = config.modules.alerting.enable or false;
  caddyEnabled = config.modules.services.caddy.enable or false;
  homepageEnabled = config.modules.services.homepage.enable or false;
  pocketIdEnabled = config.modules.services.pocketid.enable or false;
  qbittorrentEnabled = config.modules.services.qbittorrent.enable or false;
  sonarrEnabled = config.modules.services.sonarr.enable or false;
  tautulliEnabled = config.modules.services.tautulli.enable or false;
in
{
  environment.systemPackages = [ pkgs.sops pkgs.age ];

  sops = {
    defaultSopsFile = ./secrets.sops.yaml;
    age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];

    secrets =
      { }
      // optionalAttrs resticEnabled {
        "restic/password" = { mode = "0400"; owner = "restic-backup"; group = "restic-backup"; };
        "restic/offsite-env" = { mode = "0400"; owner = "restic-backup"; group = "restic-backup"; };
      }
      // optionalAttrs sanoidEnabled {
        "zfs-replication/ssh-key" = { mode = "0600"; owner = "zfs-replication"; group = "zfs-replication"; };
      }
      // optionalAttrs alertingEnabled {
        "pushover/token" = { mode = "0440"; };
        "pushover/user-key" = { mode = "0440"; };
      }
      // optionalAttrs caddyEnabled {
        "caddy/pocketid-client-secret" = { mode = "0400"; owner = "caddy"; group = "caddy"; };
      }
      // optionalAttrs pocketIdEnabled {
        "pocketid/encryption_key" = { mode = "0400"; owner = "pocket-id"; group = "pocket-id"; };
      }
      // optionalAttrs qbittorrentEnabled {
        "qbittorrent/api-key" = { mode = "0400"; owner = "caddy"; group = "caddy"; };
      }
      // optionalAttrs sonarrEnabled {
        "sonarr/api-key" = { mode = "0400"; owner = "root"; group = "root"; };
      }
      // optionalAttrs tautulliEnabled {
        "tautulli/api-key" = { mode = "0400"; owner = "tautulli"; group = "tautulli"; };
      };

    templates =
      { }
      // optionalAttrs caddyEnabled {
        "caddy-env" = {
          content = lib.concatStringsSep "\n" (lib.filter (x: x != "") [
            "CADDY_SECURITY_POCKETID_CLIENT_SECRET=${config.sops.placeholder."caddy/pocketid-client-secret"}"
            (optionalString qbittorrentEnabled "QBITTORRENT_API_KEY=${config.sops.placeholder."qbittorrent/api-key"}")
          ]);
          mode = "0400";
          owner = "caddy";
          group = "caddy";
          restartUnits = [ "caddy.service" ];
        };
      }
      // optionalAttrs sonarrEnabled {
        "sonarr-env" = {
          content = "SONARR__AUTH__APIKEY=${config.sops.placeholder."sonarr/api-key"}";
          mode = "0400";
        };
      }
      // optionalAttrs homepageEnabled {
        # Homepage puts these into its widgets.
        "homepage-env" = {
          content = lib.concatStringsSep "\n" (lib.filter (x: x != "") [
            (optionalString sonarrEnabled "HOMEPAGE_VAR_SONARR_API_KEY=${config.sops.placeholder."sonarr/api-key"}")
            (optionalString tautulliEnabled "HOMEPAGE_VAR_TAUTULLI_API_KEY=${config.sops.placeholder."tautulli/api-key"}")
          ]);
          mode = "0400";
          owner = "root";
          group = "root";
        };
      };
  };
}
