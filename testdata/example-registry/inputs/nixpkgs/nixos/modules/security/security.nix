{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.security = {
    sudo = {
      enable = mkOption { type = types.bool; default = true; description = "Whether sudo is installed."; };
      wheelNeedsPassword = mkOption { type = types.bool; default = true; description = "Whether wheel needs a password."; };
      extraRules = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Further rules."; };
    };
    pam.loginLimits = mkOption { type = types.listOf types.attrs; default = [ ]; description = "Limits of sessions."; };
    acme = {
      acceptTerms = mkOption { type = types.bool; default = false; description = "Whether the terms are accepted."; };
      defaults.email = mkOption { type = types.nullOr types.str; default = null; description = "Address of the account."; };
    };
  };
}
