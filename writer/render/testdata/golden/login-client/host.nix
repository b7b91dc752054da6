# Notes - for the test
#
# It has its own login, through the identity provider.
# No metrics: none is known; a scrape of nothing would only alert.
{ config, lib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "notes.${config.networking.domain}";
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

        backup = forgeDefaults.mkBackupWithTags "notes" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "notes/oidc-secret" = { };
        "notes/api-key" = { };
        "notes/homepage-user" = { };
      };

      sops.templates.notes-env = {
        content = ''
          OIDC_SECRET=${config.sops.placeholder."notes/oidc-secret"}
        '';
        restartUnits = [ "podman-notes.service" ];
      };

      # What the dashboard's widget asks the service with.
      sops.templates.homepage-env.content = ''
        HOMEPAGE_VAR_NOTES_API_KEY=${config.sops.placeholder."notes/api-key"}
        HOMEPAGE_VAR_NOTES_USER=${config.sops.placeholder."notes/homepage-user"}
      '';

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "notes" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/notes" = forgeDefaults.mkSanoidDataset "notes";

      modules.alerting.rules.notes-service-down =
        forgeDefaults.mkServiceDownAlert "notes" "Notes" "for the test";

      modules.services.homepage.contributions.notes = {
        group = "Productivity";
        name = "Notes";
        icon = "notes";
        href = "https://${serviceDomain}";
        description = "for the test";
        siteMonitor = "http://127.0.0.1:8080";
        widget = {
          type = "notes";
          url = "http://127.0.0.1:8080";
          version = "2";
          key = "{{HOMEPAGE_VAR_NOTES_API_KEY}}";
          user = "{{HOMEPAGE_VAR_NOTES_USER}}";
          fields = [ "new" "old" ];
        };
      };

      modules.services.gatus.contributions.notes = {
        name = "Notes";
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
            description = "Notes is not responding";
          }
        ];
      };
    })
  ];
}
