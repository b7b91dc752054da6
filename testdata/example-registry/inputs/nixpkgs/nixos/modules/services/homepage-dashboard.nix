{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.homepage-dashboard;
  yaml = types.anything;
in
{
  options.services.homepage-dashboard = {
    enable = lib.mkEnableOption "Homepage Dashboard, a highly customizable application dashboard";
    package = lib.mkPackageOption pkgs "homepage-dashboard" { };
    listenPort = mkOption { type = types.port; default = 8082; description = "Port for Homepage to bind to."; };
    allowedHosts = mkOption { type = types.str; default = "localhost:8082,127.0.0.1:8082"; description = "Hosts under which it answers."; };
    environmentFiles = mkOption { type = types.listOf types.path; default = [ ]; description = "Files with environment variables."; };
    services = mkOption { type = types.listOf yaml; default = [ ]; description = "services.yaml."; };
    widgets = mkOption { type = types.listOf yaml; default = [ ]; description = "widgets.yaml."; };
    settings = mkOption { type = types.attrsOf yaml; default = { }; description = "settings.yaml."; };
  };

  config = lib.mkIf cfg.enable {
    environment.etc."homepage-dashboard/services.yaml".text = builtins.toJSON cfg.services;
    systemd.services.homepage-dashboard = {
      description = "Homepage Dashboard";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      environment = { PORT = toString cfg.listenPort; HOMEPAGE_ALLOWED_HOSTS = cfg.allowedHosts; };
      serviceConfig = {
        Type = "simple";
        DynamicUser = true;
        StateDirectory = "homepage-dashboard";
        EnvironmentFile = cfg.environmentFiles;
        ExecStart = lib.getExe cfg.package;
        Restart = "on-failure";
      };
    };
  };
}
