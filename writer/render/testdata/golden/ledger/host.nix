# Ledger - accounts of a household
#
# The proxy asks for a login, policy admins. The internet reaches it, through
# tunnel forge.
{ config, lib, mylib, ... }:

let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  serviceDomain = "ledger.${config.networking.domain}";
  serviceEnabled = config.modules.services.ledger.enable or false;
in
{
  config = lib.mkMerge [
    {
      modules.services.ledger = {
        enable = true;
        database.passwordFile = config.sops.secrets."ledger/database-password".path;
        secrets = {
          ledgerKeyFile = config.sops.secrets."ledger/ledger-key".path;
        };
        grafana.enable = true;

        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          caddySecurity = forgeDefaults.caddySecurity.admin;
        };

        metrics = {
          # What is enabled is scraped, even if the service is not.
          enable = serviceEnabled;
          port = 8075;
          path = "/metrics";
        };

        backup = forgeDefaults.mkBackupWithTags "ledger" forgeDefaults.backupTags.infrastructure;
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      sops.secrets = {
        "ledger/ledger-key".restartUnits = [ "ledger.service" ];
        # What makes the database reads it too.
        "ledger/database-password" = {
          mode = "0440";
          owner = "root";
          group = "postgres";
          restartUnits = [ "ledger.service" ];
        };
      };

      # On the internet: the household enters receipts on the way.
      # What guards it: single sign-on at the proxy, policy admins.
      modules.services.caddy.virtualHosts.ledger.cloudflare = {
        enable = true;
        tunnel = "forge";
      };

      # The backup reads the data as a member of their group.
      users.users.restic-backup.extraGroups = [ "ledger" ];

      # Snapshots, and replication to the host's target.
      modules.backup.sanoid.datasets."tank/services/ledger" = forgeDefaults.mkSanoidDataset "ledger";

      modules.alerting.rules.ledger-service-down =
        forgeDefaults.mkSystemdServiceDownAlert "ledger" "Ledger" "accounts of a household";

      modules.alerting.rules.ledger-latency = mylib.monitoring-helpers.mkHighResponseTimeAlert {
        name = "ledger";
        job = "service-ledger";
      };

      modules.alerting.rules.ledger-stuck = mylib.monitoring-helpers.mkThresholdAlert {
        name = "ledger";
        alertname = "LedgerStuck";
        expr = "ledger_jobs_waiting > 100";
        for = "15m";
        severity = "high";
        summary = "Jobs of the ledger wait";
        description = "Look into its log: journalctl -u ledger";
      };

      modules.services.homepage.contributions.ledger = {
        group = "Infrastructure";
        name = "Ledger";
        icon = "ledger";
        href = "https://${serviceDomain}";
        description = "accounts of a household";
        siteMonitor = "http://127.0.0.1:8075";
      };

      # The backend itself: the portal in front of it answers even when it is down.
      modules.services.gatus.contributions.ledger = {
        name = "Ledger";
        group = "Infrastructure";
        url = "http://127.0.0.1:8075/health";
        interval = "60s";
        conditions = [ "[STATUS] == 200" ];
        alerts = [
          {
            type = "pushover";
            enabled = true;
            failureThreshold = 3;
            successThreshold = 2;
            sendOnResolved = true;
            description = "Ledger is not responding";
          }
        ];
      };
    })
  ];
}
