# Linkding - bookmark manager
#
# The proxy asks for a login, policy home.
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
        podmanNetwork = forgeDefaults.podmanNetwork;
        environmentFile = config.sops.templates.linkding-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.home;
        };

        metrics = {
          # What is enabled is scraped, even if the service is not.
          enable = serviceEnabled;
          port = 9089;
          path = "/metrics";
        };

        backup = forgeDefaults.mkBackupWithTags "linkding" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "linkding/ld-db-password" = { };
        "linkding/ld-token" = { };
      };

      sops.templates.linkding-env = {
        content = ''
          LD_DB_PASSWORD=${config.sops.placeholder."linkding/ld-db-password"}
          LD_TOKEN=${config.sops.placeholder."linkding/ld-token"}
        '';
        restartUnits = [ "podman-linkding.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkding" = forgeDefaults.mkSanoidDataset "linkding";

      modules.alerting.rules.linkding-service-down =
        forgeDefaults.mkServiceDownAlert "linkding" "Linkding" "bookmark manager";

      modules.services.homepage.contributions.linkding = {
        group = "Productivity";
        name = "Linkding";
        icon = "linkding";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.linkding = {
        name = "Linkding";
        group = "Productivity";
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
