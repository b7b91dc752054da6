# Linkwarden - bookmarks with copies
#
# The proxy asks for a login, policy media.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "linkwarden.${config.networking.domain}";
  serviceEnabled = config.modules.services.linkwarden.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.linkwarden = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        podmanNetwork = "linkwarden";

        # Hardware of this host, and no device beside it.
        searchDevices = [ "/dev/serial/by-id/usb-Reader-if00" ];

        # Hardware of this host, and no device beside it.
        workerDevices = [ "/dev/dri/renderD128" ];
        environmentFile = config.sops.templates.linkwarden-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "linkwarden" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "linkwarden/meili-master-key" = { };
        "linkwarden/nextauth-secret" = { };
      };

      sops.templates.linkwarden-env = {
        content = ''
          MEILI_MASTER_KEY=${config.sops.placeholder."linkwarden/meili-master-key"}
          NEXTAUTH_SECRET=${config.sops.placeholder."linkwarden/nextauth-secret"}
        '';
        restartUnits = [ "podman-linkwarden.service" "podman-linkwarden-worker.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.linkwarden.protection = {
        class = "standard";
        objectives = {
          offsiteRpoSeconds = null;
          onsiteRpoSeconds = 3600;
          rtoSeconds = 14400;
        };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        # Nothing can be restored before it has run once: then set it to false,
        # lest it starts empty where a restore fails.
        allowEmptyBootstrap = true;
      };

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkwarden" = forgeDefaults.mkSanoidDataset "linkwarden";

      modules.alerting.rules.linkwarden-service-down =
        forgeDefaults.mkServiceDownAlert "linkwarden" "Linkwarden" "bookmarks with copies";

      modules.alerting.rules.linkwarden-converter-service-down =
        forgeDefaults.mkServiceDownAlert "linkwarden-converter" "Linkwarden converter" "sidecar of Linkwarden";

      modules.alerting.rules.linkwarden-search-service-down =
        forgeDefaults.mkServiceDownAlert "linkwarden-search" "Linkwarden search" "finds words in copies";

      modules.alerting.rules.linkwarden-worker-service-down =
        forgeDefaults.mkServiceDownAlert "linkwarden-worker" "Linkwarden worker" "worker of Linkwarden";

      modules.services.homepage.contributions.linkwarden = {
        group = "Infrastructure";
        name = "Linkwarden";
        icon = "linkwarden";
        href = "https://${serviceDomain}";
        description = "bookmarks with copies";
        siteMonitor = "http://127.0.0.1:3200";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkwarden = {
        name = "Linkwarden";
        group = "Infrastructure";
        url = "http://127.0.0.1:3200/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Linkwarden is not responding";
          }
        ];
      };
    })
  ];
}
