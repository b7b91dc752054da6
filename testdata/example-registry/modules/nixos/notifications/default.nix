# Notifications: services register templates, units call notify@<template>.
{ config, lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.modules.notifications;
in
{
  options.modules.notifications = {
    enable = lib.mkEnableOption "notifications";
    defaultBackend = mkOption { type = types.enum [ "pushover" "ntfy" "healthchecks" "all" ]; default = "pushover"; description = "Where notifications go."; };
    hostname = mkOption { type = types.str; default = config.networking.hostName; defaultText = lib.literalExpression "config.networking.hostName"; description = "Host that is named."; };
    templates = mkOption {
      default = { };
      description = "Messages, by name.";
      type = types.attrsOf (types.submodule {
        options = {
          enable = lib.mkEnableOption "the template" // { default = true; };
          priority = mkOption { type = types.enum [ "emergency" "high" "normal" "low" "silent" ]; default = "normal"; description = "Priority."; };
          title = mkOption { type = types.str; description = "Title."; };
          body = mkOption { type = types.lines; description = "Text."; };
          backend = mkOption { type = types.nullOr types.str; default = null; description = "Where it goes, if not to the default."; };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services."notify@" = {
      description = "Notification %i";
      scriptArgs = "%i";
      script = ''
        echo "notify ${cfg.defaultBackend}: $1"
      '';
      serviceConfig = {
        Type = "oneshot";
        LoadCredential = [ "templates:${pkgs.writeText "templates.json" (builtins.toJSON cfg.templates)}" ];
      };
    };
  };
}
