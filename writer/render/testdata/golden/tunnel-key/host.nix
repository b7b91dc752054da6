# Notes - for the test
#
# The proxy asks for a login, policy home. The internet reaches it, through
# tunnel forge.
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
          caddySecurity = forgeDefaults.caddySecurity.home // {
            # Machines pass that send one of these keys; the proxy has their values.
            staticApiKeys = [
              (forgeDefaults.mkStaticApiKeyFull {
                name = "ci";
                envVar = "NOTES_CI_API_KEY";
                headerName = "X-Ci";
              })
            ];
          };
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
        "notes/ci-api-key" = { };
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
        NOTES_CI_API_KEY=${config.sops.placeholder."notes/ci-api-key"}
      '';

      # On the internet, as asked for.
      # What guards it: single sign-on at the proxy, policy home, and key ci.
      modules.services.caddy.virtualHosts.notes.cloudflare = {
        enable = true;
        tunnel = "forge";
      };

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
