# Notes - for the test
#
# The proxy asks for a login, policy home.
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
          caddySecurity = forgeDefaults.caddySecurity.home;
          # Who was let in is let in there too: the key is in the proxy's environment.
          reverseProxyBlock = ''
            header_up Authorization "Bearer {$NOTES_API_KEY}"
          '';
        };

        backup = forgeDefaults.mkBackupWithTags "notes" [ "productivity" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "notes/app-key" = { };
      };

      sops.templates.notes-env = {
        content = ''
          APP_KEY=${config.sops.placeholder."notes/app-key"}
        '';
        restartUnits = [ "podman-notes.service" ];
      };

      # The proxy sends the key with every request that it lets through.
      sops.templates.notes-proxy-env = {
        content = ''
          NOTES_API_KEY=${config.sops.placeholder."notes/app-key"}
        '';
        restartUnits = [ "caddy.service" ];
      };
      systemd.services.caddy.serviceConfig.EnvironmentFile = [ config.sops.templates.notes-proxy-env.path ];

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
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.notes = {
        name = "Notes";
        group = "Productivity";
        url = "http://127.0.0.1:8080/";
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
