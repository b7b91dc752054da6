# Ntfy - push notifications
#
# The proxy asks for a login, policy admins.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "ntfy.${config.networking.domain}";
  serviceEnabled = config.modules.services.ntfy.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.ntfy = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        environmentFile = config.sops.templates.ntfy-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.admin;
        };

        backup = forgeDefaults.mkBackupWithTags "ntfy" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "ntfy/ntfy-token" = { };
      };

      sops.templates.ntfy-env = {
        content = ''
          NTFY_TOKEN=${config.sops.placeholder."ntfy/ntfy-token"}
        '';
        restartUnits = [ "ntfy.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/ntfy" = forgeDefaults.mkSanoidDataset "ntfy";

      modules.alerting.rules.ntfy-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "ntfy" "Ntfy" "push notifications";

      modules.services.homepage.contributions.ntfy = {
        group = "Infrastructure";
        name = "Ntfy";
        icon = "ntfy";
        href = "https://${serviceDomain}";
        description = "push notifications";
        siteMonitor = "http://127.0.0.1:2586";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.ntfy = {
        name = "Ntfy";
        group = "Infrastructure";
        url = "http://127.0.0.1:2586/";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Ntfy is not responding";
          }
        ];
      };
    })
  ];
}
