{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    environment = {
      systemPackages = mkOption { type = types.listOf types.package; default = [ ]; description = "Packages of every user."; };
      variables = mkOption { type = types.attrsOf types.str; default = { }; description = "Variables of every shell."; };
      etc = mkOption {
        default = { };
        description = "Files below /etc.";
        type = types.attrsOf (types.submodule ({ name, config, ... }: {
          options = {
            enable = mkOption { type = types.bool; default = true; description = "Whether the file exists."; };
            target = mkOption { type = types.str; default = name; description = "Name below /etc."; };
            text = mkOption { type = types.nullOr types.lines; default = null; description = "Text of the file."; };
            source = mkOption { type = types.path; description = "Path of the file."; };
            mode = mkOption { type = types.str; default = "symlink"; description = "Permissions."; };
            user = mkOption { type = types.str; default = "root"; description = "Owner."; };
            group = mkOption { type = types.str; default = "root"; description = "Group."; };
          };
          config.source = lib.mkIf (config.text != null) (lib.mkDefault (pkgs.writeText "etc-${baseNameOf name}" config.text));
        }));
      };
    };
    time.timeZone = mkOption { type = types.nullOr types.str; default = null; description = "Time zone."; };
    i18n.defaultLocale = mkOption { type = types.str; default = "en_US.UTF-8"; description = "Locale."; };
    nix = {
      settings = mkOption { type = types.attrsOf types.anything; default = { }; description = "nix.conf."; };
      gc.automatic = mkOption { type = types.bool; default = false; description = "Whether garbage is collected."; };
    };
    documentation.nixos.enable = mkOption { type = types.bool; default = true; description = "Whether the manual is built."; };
    services.userborn.enable = lib.mkEnableOption "userborn";
  };
}
