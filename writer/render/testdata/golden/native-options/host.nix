# Radicale - calendars and contacts
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "radicale.${config.networking.domain}";
  serviceEnabled = config.modules.services.radicale.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.radicale = {
        enable = true;
        environmentFile = config.sops.templates.radicale-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "radicale" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "radicale/radicale-key" = { };
      };

      sops.templates.radicale-env = {
        content = ''
          RADICALE_KEY=${config.sops.placeholder."radicale/radicale-key"}
        '';
        restartUnits = [ "radicale.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "radicale" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/radicale" = forgeDefaults.mkSanoidDataset "radicale";

      modules.alerting.rules.radicale-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "radicale" "Radicale" "calendars and contacts";

      modules.services.homepage.contributions.radicale = {
        group = "Productivity";
        name = "Radicale";
        icon = "radicale";
        href = "https://${serviceDomain}";
        description = "calendars and contacts";
        siteMonitor = "http://127.0.0.1:5232";
      };

      modules.services.gatus.contributions.radicale = {
        name = "Radicale";
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
            description = "Radicale is not responding";
          }
        ];
      };
    })
  ];
}
