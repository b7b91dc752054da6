# Linkding - bookmark manager
#
# The proxy asks for a login, policy media. The internet reaches it, through
# tunnel guests.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "links.${config.networking.domain}";
  serviceEnabled = config.modules.services.linkding.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.linkding = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        environmentFile = config.sops.templates.linkding-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.mediaWithApiBypass // {
            # Machines pass that send one of these keys; the proxy has their values.
            staticApiKeys = [
              (forgeDefaults.mkStaticApiKey "ci" "LINKDING_CI_API_KEY")
            ];
          };
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "linkding" forgeDefaults.backupTags.media;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "linkding/ld-db-password" = { };
        "linkding/ld-token" = { };
        "linkding/ci-api-key" = { };
      };

      sops.templates.linkding-env = {
        content = ''
          LD_DB_PASSWORD=${config.sops.placeholder."linkding/ld-db-password"}
          LD_TOKEN=${config.sops.placeholder."linkding/ld-token"}
        '';
        restartUnits = [ "podman-linkding.service" ];
      };

      # The proxy lets machines in that send the key.
      sops.templates.caddy-env.content = ''
        LINKDING_CI_API_KEY=${config.sops.placeholder."linkding/ci-api-key"}
      '';

      # On the internet, as asked for.
      # What guards it: single sign-on at the proxy, policy media, and key ci.
      # Nobody is asked at /api, /feed, /ping.
      modules.services.caddy.virtualHosts.linkding.cloudflare = {
        enable = true;
        tunnel = "guests";
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.linkding.protection = {
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
      modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";

      modules.alerting.rules.linkding-service-down =
        forgeDefaults.mkServiceDownAlert "linkding" "Linkding" "bookmark manager";

      modules.services.homepage.contributions.linkding = {
        group = "Media";
        name = "Linkding";
        icon = "linkding";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkding = {
        name = "Linkding";
        group = "Media";
        url = "http://127.0.0.1:9089/health";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Linkding is not responding";
          }
        ];
      };
    })
  ];
}
