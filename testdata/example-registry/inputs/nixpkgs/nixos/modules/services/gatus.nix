# A dynamic user with a state directory, and settings.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.gatus;
  format = pkgs.formats.yaml { };
in
{
  options.services.gatus = {
    enable = lib.mkEnableOption "Gatus";
    package = lib.mkPackageOption pkgs "gatus" { };
    configFile = mkOption { type = types.path; default = format.generate "gatus.yaml" cfg.settings; defaultText = lib.literalMD "the settings"; description = "Configuration file."; };
    environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with environment variables."; };
    openFirewall = mkOption { type = types.bool; default = false; description = "Whether its port is opened."; };
    settings = mkOption {
      type = types.submodule {
        freeformType = format.type;
        options.web.port = mkOption { type = types.port; default = 8080; description = "Port of the status page."; };
      };
      default = { };
      description = "Configuration of Gatus.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.gatus = {
      description = "Automated developer-oriented status page";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      environment.GATUS_CONFIG_PATH = cfg.configFile;
      serviceConfig = {
        DynamicUser = true;
        User = "gatus";
        Group = "gatus";
        Type = "simple";
        Restart = "on-failure";
        ExecStart = lib.getExe cfg.package;
        StateDirectory = "gatus";
        SyslogIdentifier = "gatus";
        EnvironmentFile = lib.optional (cfg.environmentFile != null) cfg.environmentFile;
      };
    };
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.settings.web.port ];
  };
}
