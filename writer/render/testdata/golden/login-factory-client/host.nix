# Notes - bookmark manager
#
# It has its own login, through the identity provider.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "links.${config.networking.domain}";
  serviceEnabled = config.modules.services.notes.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.notes = {
        enable = true;
        environmentFile = config.sops.templates.notes-env.path;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "notes" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "notes/ld-db-password" = { };
        "notes/ld-token" = { };
        "notes/oidc-secret" = { };
      };

      sops.templates.notes-env = {
        content = ''
          LD_DB_PASSWORD=${config.sops.placeholder."notes/ld-db-password"}
          LD_TOKEN=${config.sops.placeholder."notes/ld-token"}
          OIDC_SECRET=${config.sops.placeholder."notes/oidc-secret"}
        '';
        restartUnits = [ "podman-notes.service" ];
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "notes" ];

      # As the repo's other datasets of class standard.
      modules.storage.datasets.services.notes.protection = {
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
      modules.backup.sanoid.datasets."tank/services/notes" = forgeDefaults.mkSanoidDataset "notes";

      modules.alerting.rules.notes-service-down =
        forgeDefaults.mkServiceDownAlert "notes" "Notes" "bookmark manager";

      modules.services.homepage.contributions.notes = {
        group = "Infrastructure";
        name = "Notes";
        icon = "notes";
        href = "https://${serviceDomain}";
        description = "bookmark manager";
        siteMonitor = "http://127.0.0.1:9089";
      };

      modules.services.gatus.contributions.notes = {
        name = "Notes";
        group = "Infrastructure";
        url = "https://${serviceDomain}/health";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Notes is not responding";
          }
        ];
      };
    })
  ];
}
