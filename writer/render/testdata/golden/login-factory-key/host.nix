# Notes - bookmark manager
#
# The proxy asks for a login, policy media.
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
          caddySecurity = forgeDefaults.caddySecurity.media;
        };

        # No metrics endpoint is known, and a scrape of nothing would only alert.
        metrics = null;

        backup = forgeDefaults.mkBackupWithTags "notes" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "notes/app-key" = { };
        "notes/homepage-user" = { };
      };

      sops.templates.notes-env = {
        content = ''
          APP_KEY=${config.sops.placeholder."notes/app-key"}
        '';
        restartUnits = [ "podman-notes.service" ];
      };

      # The proxy sends the key with every request that it lets through.
      sops.templates.caddy-env.content = ''
        NOTES_API_KEY=${config.sops.placeholder."notes/app-key"}
      '';

      # What the dashboard's widget asks the service with.
      sops.templates.homepage-env.content = ''
        HOMEPAGE_VAR_NOTES_API_KEY=${config.sops.placeholder."notes/app-key"}
        HOMEPAGE_VAR_NOTES_USER=${config.sops.placeholder."notes/homepage-user"}
      '';

      # Who was let in is let in there too: the key is in the proxy's environment.
      modules.services.caddy.virtualHosts.notes.reverseProxyBlock = ''
        header_up Authorization "Bearer {$NOTES_API_KEY}"
      '';

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
        widget = {
          type = "notes";
          url = "http://127.0.0.1:9089";
          version = "2";
          key = "{{HOMEPAGE_VAR_NOTES_API_KEY}}";
          user = "{{HOMEPAGE_VAR_NOTES_USER}}";
          fields = [ "new" "old" ];
        };
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.notes = {
        name = "Notes";
        group = "Infrastructure";
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
            description = "Notes is not responding";
          }
        ];
      };
    })
  ];
}
