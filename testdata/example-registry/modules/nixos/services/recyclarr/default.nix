# Recyclarr, run once a day by a timer. Nothing listens.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkEnableOption mkIf mkOption types;
  serviceIds = mylib.serviceUids.recyclarr;
  cfg = config.modules.services.recyclarr;
in
{
  options.modules.services.recyclarr = {
    enable = mkEnableOption "Recyclarr";
    package = mkOption { type = types.package; default = pkgs.recyclarr; description = "Package."; };
    schedule = mkOption { type = types.str; default = "daily"; description = "When it runs."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/recyclarr"; description = "Data directory."; };
    sonarr = {
      baseUrl = mkOption { type = types.str; default = "http://127.0.0.1:8989"; description = "Address of Sonarr."; };
      apiKeyFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the key of Sonarr."; };
    };
  };

  config = mkIf cfg.enable {
    users.users.recyclarr = { isSystemUser = true; inherit (serviceIds) uid; group = "recyclarr"; description = "Recyclarr"; };
    users.groups.recyclarr.gid = serviceIds.gid;

    modules.storage.datasets.services.recyclarr = {
      mountpoint = cfg.dataDir;
      recordsize = "16K"; # configuration files
      compression = "zstd";
      owner = "recyclarr";
      group = "recyclarr";
    };

    systemd.services.recyclarr = {
      description = "Quality profiles of Sonarr";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      environment.SONARR_BASE_URL = cfg.sonarr.baseUrl;
      serviceConfig = {
        Type = "oneshot";
        User = "recyclarr";
        Group = "recyclarr";
        LoadCredential = lib.optional (cfg.sonarr.apiKeyFile != null) "sonarr-api-key:${cfg.sonarr.apiKeyFile}";
        ReadWritePaths = [ cfg.dataDir ];
        ExecStart = "${lib.getExe cfg.package} sync --app-data ${cfg.dataDir}";
        NoNewPrivileges = true;
        PrivateTmp = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        ProtectKernelTunables = true;
        ProtectKernelModules = true;
        ProtectControlGroups = true;
        RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" ];
        RestrictNamespaces = true;
        LockPersonality = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        CapabilityBoundingSet = "";
        SystemCallFilter = [ "@system-service" "~@privileged" ];
      };
    };
    systemd.timers.recyclarr = {
      wantedBy = [ "timers.target" ];
      timerConfig = { OnCalendar = cfg.schedule; Persistent = true; RandomizedDelaySec = "1h"; };
    };
  };
}
