# Values that more than one host reads.
{ lib, ... }:
{
  options.my.hostIp = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    description = "Address of the host in DNS.";
  };

  config.nix.settings.experimental-features = [ "nix-command" "flakes" ];
}
