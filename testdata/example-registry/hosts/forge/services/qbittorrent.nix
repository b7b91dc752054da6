# qBittorrent: people sign in, machines bring a key.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceEnabled = config.modules.services.qbittorrent.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.qbittorrent = {
        enable = true;
        nfsMountDependency = "media";
        podmanNetwork = forgeDefaults.podmanNetwork;
        openFirewall = true; # peers

        reverseProxy = {
          enable = true;
          hostName = "qbittorrent.${config.networking.domain}";
          backend.port = 8085;
          caddySecurity = forgeDefaults.caddySecurity.media // {
            staticApiKeys = [
              (forgeDefaults.mkStaticApiKeyWithPaths "automation" "QBITTORRENT_API_KEY" [ "/api" ])
            ];
          };
        };

        backup = forgeDefaults.mkBackupWithTags "qbittorrent" forgeDefaults.backupTags.downloads;
        preseed = forgeDefaults.preseed;
      };
    }

    (lib.mkIf serviceEnabled {
      modules.storage.datasets.services.qbittorrent.protection = {
        class = "standard";
        objectives = { onsiteRpoSeconds = 3600; offsiteRpoSeconds = 86400; rtoSeconds = 14400; };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        allowEmptyBootstrap = true;
      };

      modules.backup.sanoid.datasets."tank/services/qbittorrent" = forgeDefaults.mkSanoidDataset "qbittorrent";

      modules.alerting.rules."qbittorrent-service-down" =
        forgeDefaults.mkServiceDownAlert "qbittorrent" "QBittorrent" "torrents";

      modules.services.homepage.contributions.qbittorrent = {
        group = "Media";
        name = "qBittorrent";
        icon = "qbittorrent";
        href = "https://qbittorrent.${config.networking.domain}";
        description = "Torrents";
        siteMonitor = "http://localhost:8085";
      };

      modules.services.gatus.contributions.qbittorrent = {
        name = "qBittorrent";
        url = "https://qbittorrent.${config.networking.domain}";
        conditions = [ "[STATUS] == any(200, 302)" ]; # redirected to sign in
        alerts = [{ type = "pushover"; description = "qBittorrent does not answer"; }];
      };
    })
  ];
}
