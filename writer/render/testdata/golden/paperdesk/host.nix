# Paperdesk - archive of documents
#
# It has its own login.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "paperdesk.${config.networking.domain}";
  inherit (config.modules.services.paperdesk) database;
  serviceEnabled = config.modules.services.paperdesk.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.paperdesk = {
        enable = true;

        # Starts only when the mount is there.
        nfsMountDependency = "media";
        database.passwordFile = config.sops.secrets."paperdesk/database-password".path;
        environmentFile = config.sops.templates.paperdesk-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        backup = forgeDefaults.mkBackupWithTags "paperdesk" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "paperdesk/secret-key" = { };
        # What makes the database reads it too.
        "paperdesk/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
        };
      };

      sops.templates.paperdesk-env = {
        content = ''
          SECRET_KEY=${config.sops.placeholder."paperdesk/secret-key"}
          DATABASE_URL=postgresql://${database.user}:${config.sops.placeholder."paperdesk/database-password"}@${database.host}:${toString database.port}/${database.name}
        '';
        restartUnits = [ "podman-paperdesk.service" "podman-paperdesk-worker.service" "podman-paperdesk-clock.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "media" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/paperdesk" = forgeDefaults.mkSanoidDataset "paperdesk";

      modules.alerting.rules.paperdesk-service-down =
        forgeDefaults.mkServiceDownAlert "paperdesk" "Paperdesk" "archive of documents";

      modules.alerting.rules.paperdesk-cache-service-down =
        forgeDefaults.mkServiceDownAlert "paperdesk-cache" "Paperdesk cache" "sidecar of Paperdesk";

      modules.alerting.rules.paperdesk-converter-service-down =
        forgeDefaults.mkServiceDownAlert "paperdesk-converter" "Paperdesk converter" "sidecar of Paperdesk";

      modules.alerting.rules.paperdesk-worker-service-down =
        forgeDefaults.mkServiceDownAlert "paperdesk-worker" "Paperdesk worker" "reads documents";

      modules.alerting.rules.paperdesk-clock-service-down =
        forgeDefaults.mkServiceDownAlert "paperdesk-clock" "Paperdesk clock" "scheduler of Paperdesk";

      modules.services.homepage.contributions.paperdesk = {
        group = "Productivity";
        name = "Paperdesk";
        icon = "paperdesk";
        href = "https://${serviceDomain}";
        description = "archive of documents";
        siteMonitor = "http://127.0.0.1:8000";
      };

      modules.services.gatus.contributions.paperdesk = {
        name = "Paperdesk";
        group = "Productivity";
        url = "https://${serviceDomain}/healthz";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Paperdesk is not responding";
          }
        ];
      };
    })
  ];
}
