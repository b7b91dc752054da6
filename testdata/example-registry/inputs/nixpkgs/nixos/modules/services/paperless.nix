# A user with one of NixOS's own ids, and several units.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.services.paperless;
  unit = description: command: {
    inherit description;
    wantedBy = [ "multi-user.target" ];
    after = [ "network.target" ];
    environment = lib.mapAttrs (_: v: if builtins.isBool v then lib.boolToString v else toString v) cfg.settings;
    serviceConfig = {
      User = cfg.user;
      ExecStart = "${cfg.package}/bin/${command}";
      Restart = "on-failure";
      PrivateTmp = true;
      NoNewPrivileges = true;
    };
  };
in
{
  options.services.paperless = {
    enable = lib.mkEnableOption "Paperless-ngx";
    package = lib.mkPackageOption pkgs "paperless-ngx" { };
    user = mkOption { type = types.str; default = "paperless"; description = "User under which Paperless runs."; };
    address = mkOption { type = types.str; default = "127.0.0.1"; description = "Address of the web interface."; };
    port = mkOption { type = types.port; default = 28981; description = "Port of the web interface."; };
    dataDir = mkOption { type = types.str; default = "/var/lib/paperless"; description = "Directory to store the Paperless data."; };
    mediaDir = mkOption { type = types.str; default = "${cfg.dataDir}/media"; defaultText = lib.literalExpression ''"''${dataDir}/media"''; description = "Directory to store the documents."; };
    consumptionDir = mkOption { type = types.str; default = "${cfg.dataDir}/consume"; defaultText = lib.literalExpression ''"''${dataDir}/consume"''; description = "Directory from which documents are imported."; };
    passwordFile = mkOption { type = types.nullOr types.path; default = null; description = "File with the superuser's password."; };
    environmentFile = mkOption { type = types.nullOr types.path; default = null; description = "File with environment variables."; };
    settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "Environment of Paperless."; };
  };

  config = lib.mkIf cfg.enable {
    systemd.services = {
      paperless-web = lib.recursiveUpdate (unit "Paperless web server" "paperless-web") { environment.PAPERLESS_PORT = toString cfg.port; };
      paperless-scheduler = unit "Paperless Celery Beat" "celery-beat";
      paperless-consumer = unit "Paperless document consumer" "paperless-consumer";
      paperless-task-queue = unit "Paperless Celery Workers" "celery-worker";
    };
    users = lib.optionalAttrs (cfg.user == "paperless") {
      users.paperless = { group = "paperless"; uid = config.ids.uids.paperless; home = cfg.dataDir; };
      groups.paperless.gid = config.ids.gids.paperless;
    };
  };
}
