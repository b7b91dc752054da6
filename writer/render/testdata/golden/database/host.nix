# Linkwarden - bookmark manager
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "linkwarden.${config.networking.domain}";
  inherit (config.modules.services.linkwarden) database;
  serviceEnabled = config.modules.services.linkwarden.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.linkwarden = {
        enable = true;
        database.passwordFile = config.sops.secrets."linkwarden/database-password".path;
        environmentFile = config.sops.templates.linkwarden-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "linkwarden" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "linkwarden/nextauth-secret" = { };
        # What makes the database reads it too.
        "linkwarden/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
        };
      };

      sops.templates.linkwarden-env = {
        content = ''
          NEXTAUTH_SECRET=${config.sops.placeholder."linkwarden/nextauth-secret"}
          DATABASE_URL=postgresql://${database.user}:${config.sops.placeholder."linkwarden/database-password"}@${database.host}:${toString database.port}/${database.name}?sslmode=disable
        '';
        restartUnits = [ "podman-linkwarden.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "linkwarden" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/linkwarden" = forgeDefaults.mkSanoidDataset "linkwarden";

      modules.alerting.rules.linkwarden-service-down =
        forgeDefaults.mkServiceDownAlert "linkwarden" "Linkwarden" "bookmark manager";

      modules.services.homepage.contributions.linkwarden = {
        group = "Productivity";
        name = "Linkwarden";
        icon = "linkwarden";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:3200";
      };

      modules.services.gatus.contributions.linkwarden = {
        name = "Linkwarden";
        group = "Productivity";
        url = "https://${serviceDomain}";
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
