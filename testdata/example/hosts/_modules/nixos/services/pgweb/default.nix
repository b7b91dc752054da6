# Pgweb, a unit of our own with the package: nothing kept, so no dataset.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkEnableOption mkIf mkOption types;
  sharedTypes = import ../../../lib/types.nix { inherit lib; };
  cfg = config.modules.services.pgweb;
in
{
  options.modules.services.pgweb = {
    enable = mkEnableOption "Pgweb";
    package = mkOption { type = types.package; default = pkgs.pgweb; description = "Package."; };
    port = mkOption { type = types.port; default = 8081; description = "Port."; };
    listenAddress = mkOption { type = types.str; default = "127.0.0.1"; description = "Address."; };
    database = {
      host = mkOption { type = types.str; default = "localhost"; description = "Host of PostgreSQL."; };
      user = mkOption { type = types.str; default = "pgweb"; description = "Role."; };
      passwordFile = mkOption { type = types.nullOr types.path; default = null; description = "File with its password."; };
    };
    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = "Virtual host."; };

    metrics = mkOption { type = types.nullOr sharedTypes.metricsSubmodule; default = null; description = "Metrics."; };
  };

  config = mkIf cfg.enable {
    users.users.pgweb = { isSystemUser = true; uid = 924; group = "pgweb"; description = "Pgweb"; };
    users.groups.pgweb.gid = 924;

    systemd.services.pgweb = {
      description = "Web interface of PostgreSQL";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" "postgresql.service" ];
      wants = [ "postgresql.service" ];
      environment.PGWEB_AUTH = "none";
      script = ''
        export PGPASSWORD="$(cat "$CREDENTIALS_DIRECTORY/password" 2>/dev/null || true)"
        exec ${lib.getExe cfg.package} --bind ${cfg.listenAddress} --listen ${toString cfg.port} --host ${cfg.database.host} --user ${cfg.database.user} --readonly
      '';
      serviceConfig = {
        User = "pgweb";
        Group = "pgweb";
        LoadCredential = lib.optional (cfg.database.passwordFile != null) "password:${cfg.database.passwordFile}";
        Restart = "on-failure";
        RestartSec = "30s";
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

    modules.services.caddy.virtualHosts.pgweb = mkIf (cfg.reverseProxy != null && cfg.reverseProxy.enable) {
      enable = true;
      inherit (cfg.reverseProxy) hostName auth security caddySecurity reverseProxyBlock extraConfig;
      backend = { scheme = "http"; host = cfg.listenAddress; inherit (cfg) port; };
    };
  };
}
