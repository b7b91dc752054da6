# A dynamic user, a port option, settings as environment.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.mealie;
in
{
  options.services.mealie = {
    enable = lib.mkEnableOption "Mealie, a recipe manager and meal planner";
    package = lib.mkPackageOption pkgs "mealie" { };
    listenAddress = mkOption { type = types.str; default = "0.0.0.0"; description = "Address on which the service listens."; };
    port = mkOption { type = types.port; default = 9000; description = "Port on which the service listens."; };
    settings = mkOption { type = types.attrsOf types.anything; default = { }; example = { ALLOW_SIGNUP = "false"; }; description = "Environment variables of Mealie."; };
    credentialsFile = mkOption { type = types.nullOr types.path; default = null; description = "File with environment variables that are secret."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.mealie = {
      description = "Mealie, a self hosted recipe manager and meal planner";
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      wantedBy = [ "multi-user.target" ];
      environment = { PRODUCTION = "true"; API_PORT = toString cfg.port; DATA_DIR = "/var/lib/mealie"; } // lib.mapAttrs (_: toString) cfg.settings;
      serviceConfig = {
        DynamicUser = true;
        User = "mealie";
        ExecStart = "${lib.getExe cfg.package} -b ${cfg.listenAddress}:${toString cfg.port}";
        EnvironmentFile = lib.mkIf (cfg.credentialsFile != null) cfg.credentialsFile;
        StateDirectory = "mealie";
        StandardOutput = "journal";
      };
    };
  };
}
