# Declares secrets and templates and where they appear. Nothing is decrypted.
{ config, lib, ... }:
let
  cfg = config.sops;
  inherit (lib) mkOption types;

  owned = {
    mode = mkOption { type = types.str; default = "0400"; description = "Permissions of the file."; };
    owner = mkOption { type = types.nullOr types.str; default = "root"; description = "User that owns the file."; };
    group = mkOption { type = types.nullOr types.str; default = "root"; description = "Group that owns the file."; };
    uid = mkOption { type = types.nullOr types.int; default = 0; description = "Id of the owner, when there is no owner."; };
    gid = mkOption { type = types.nullOr types.int; default = 0; description = "Id of the group, when there is no group."; };
    restartUnits = mkOption { type = types.listOf types.str; default = [ ]; description = "Units restarted when the content changes."; };
    reloadUnits = mkOption { type = types.listOf types.str; default = [ ]; description = "Units reloaded when the content changes."; };
  };

  secret = types.submodule ({ name, config, ... }: {
    options = owned // {
      name = mkOption { type = types.str; default = name; description = "Name of the file."; };
      key = mkOption { type = types.str; default = name; description = "Key in the SOPS file."; };
      path = mkOption { type = types.str; default = "/run/secrets/${config.name}"; description = "Where the secret appears."; };
      sopsFile = mkOption { type = types.path; default = cfg.defaultSopsFile; defaultText = lib.literalExpression "config.sops.defaultSopsFile"; description = "SOPS file with the secret."; };
      format = mkOption { type = types.enum [ "yaml" "json" "binary" "dotenv" "ini" ]; default = cfg.defaultSopsFormat; description = "Format of the SOPS file."; };
      neededForUsers = mkOption { type = types.bool; default = false; description = "Whether users need it when they are created."; };
    };
  });

  template = types.submodule ({ name, config, ... }: {
    options = owned // {
      name = mkOption { type = types.singleLineStr; default = name; description = "Name of the file."; };
      path = mkOption { type = types.singleLineStr; default = "/run/secrets/rendered/${config.name}"; description = "Where the rendered file appears."; };
      content = mkOption { type = types.lines; default = ""; description = "Text with placeholders."; };
      file = mkOption { type = types.nullOr types.path; default = null; description = "File with placeholders, instead of the content."; };
    };
  });
in
{
  options.sops = {
    secrets = mkOption { type = types.attrsOf secret; default = { }; description = "Secrets that the host needs."; };
    templates = mkOption { type = types.attrsOf template; default = { }; description = "Files rendered with secrets in them."; };
    placeholder = mkOption {
      type = types.attrsOf types.str;
      default = lib.mapAttrs (name: _: "<SOPS:${builtins.hashString "sha256" name}:PLACEHOLDER>") cfg.secrets;
      defaultText = lib.literalMD "one placeholder for each secret";
      visible = false;
      description = "What stands for a secret in a template.";
    };
    defaultSopsFile = mkOption { type = types.path; description = "SOPS file of secrets that name none."; };
    defaultSopsFormat = mkOption { type = types.str; default = "yaml"; description = "Format of SOPS files."; };
    validateSopsFiles = mkOption { type = types.bool; default = true; description = "Whether SOPS files must be in the store."; };
    age = {
      keyFile = mkOption { type = types.nullOr types.path; default = null; description = "Age key of the host."; };
      sshKeyPaths = mkOption { type = types.listOf types.path; default = [ ]; description = "SSH keys used as age keys."; };
    };
  };
}
