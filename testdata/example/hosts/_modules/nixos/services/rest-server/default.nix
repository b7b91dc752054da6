# A server of restic repositories: where other hosts put their backups.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkEnableOption mkIf mkOption types;
  cfg = config.modules.services.rest-server;
in
{
  options.modules.services.rest-server = {
    enable = mkEnableOption "the server of restic repositories";
    port = mkOption { type = types.port; default = 8000; description = "Port."; };
    dataDir = mkOption { type = types.path; default = "/var/lib/rest-server"; description = "Repositories."; };
    uid = mkOption { type = types.int; default = 962; description = "Id of the user and the group."; };
  };

  config = mkIf cfg.enable {
    users.users.rest-server = { isSystemUser = true; inherit (cfg) uid; group = "rest-server"; description = "Restic repositories"; };
    users.groups.rest-server.gid = cfg.uid;

    modules.storage.datasets.services.rest-server = {
      mountpoint = cfg.dataDir;
      recordsize = "1M"; # pack files
      compression = "lz4"; # already compressed and encrypted
      owner = "rest-server";
      group = "rest-server";
    };

    systemd.services.rest-server = {
      description = "Restic repositories over HTTP";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      unitConfig.RequiresMountsFor = [ cfg.dataDir ];
      serviceConfig = {
        User = "rest-server";
        Group = "rest-server";
        ExecStart = "${pkgs.restic}/bin/rest-server --path ${cfg.dataDir} --listen :${toString cfg.port} --append-only";
        ReadWritePaths = [ cfg.dataDir ];
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
    networking.firewall.allowedTCPPorts = [ cfg.port ];
  };
}
