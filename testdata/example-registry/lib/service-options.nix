# Options that services have whatever runs them.
{ lib }:
let
  inherit (lib) mkOption types;

  runtime = types.submodule {
    options = {
      kind = mkOption { type = types.enum [ "nixos-module" "upstream-module" "custom-systemd" "oci" ]; description = "What runs it."; };
      units = mkOption { type = types.listOf types.str; default = [ ]; description = "Its units."; };
      endpoints = mkOption {
        default = { };
        description = "Where it listens, by name.";
        type = types.attrsOf (types.submodule {
          options = {
            scheme = mkOption { type = types.enum [ "http" "https" ]; default = "http"; description = "Protocol."; };
            host = mkOption { type = types.str; default = "127.0.0.1"; description = "Address."; };
            port = mkOption { type = types.port; description = "Port."; };
          };
        });
      };
      identity = {
        user = mkOption { type = types.nullOr types.str; default = null; description = "User."; };
        group = mkOption { type = types.nullOr types.str; default = null; description = "Group."; };
      };
      statePaths = mkOption { type = types.listOf types.str; default = [ ]; description = "What it keeps."; };
    };
  };
in
{
  mkBaseOptions = { description }: {
    enable = lib.mkEnableOption description;
    _runtime = mkOption { type = types.nullOr runtime; default = null; internal = true; description = "Facts of what runs it."; };
  };

  mkWebOptions = { defaultPort, portDescription, reverseProxyDescription, sharedTypes }: {
    port = mkOption { type = types.port; default = defaultPort; description = portDescription; };
    reverseProxy = mkOption { type = types.nullOr sharedTypes.reverseProxySubmodule; default = null; description = reverseProxyDescription; };
  };

  mkStatefulOptions = { backupDefault, backupDescription, dataDirDescription, defaultDataDir, sharedTypes }: {
    dataDir = mkOption { type = types.path; default = defaultDataDir; description = dataDirDescription; };
    backup = mkOption { type = types.nullOr sharedTypes.backupSubmodule; default = backupDefault; description = backupDescription; };
  };
}
