{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.networking;
  ports = mkOption { type = types.listOf types.port; default = [ ]; apply = ps: lib.unique (lib.naturalSort ps); description = "Open ports."; };
  ranges = mkOption { type = types.listOf (types.attrsOf types.port); default = [ ]; description = "Open ranges of ports."; };
  openings = { allowedTCPPorts = ports; allowedUDPPorts = ports; allowedTCPPortRanges = ranges; allowedUDPPortRanges = ranges; };
in
{
  options.networking = {
    hostName = mkOption { type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$"; default = "nixos"; description = "Name of the host."; };
    domain = mkOption { type = types.nullOr types.str; default = null; description = "Domain of the host."; };
    fqdn = mkOption { type = types.str; readOnly = true; default = if cfg.domain == null then throw "networking.fqdn needs networking.domain" else "${cfg.hostName}.${cfg.domain}"; defaultText = lib.literalExpression ''"''${networking.hostName}.''${networking.domain}"''; description = "Full name of the host."; };
    hostId = mkOption { type = types.nullOr types.str; default = null; description = "Eight hexadecimal digits that ZFS wants."; };
    useDHCP = mkOption { type = types.bool; default = true; description = "Whether addresses come from DHCP."; };
    nameservers = mkOption { type = types.listOf types.str; default = [ ]; description = "Name servers."; };
    hosts = mkOption { type = types.attrsOf (types.listOf types.str); default = { }; description = "Further entries of /etc/hosts."; };
    interfaces = mkOption { type = types.attrsOf types.anything; default = { }; description = "Network interfaces."; };
    nftables.enable = lib.mkEnableOption "nftables";
    firewall = openings // {
      enable = mkOption { type = types.bool; default = true; description = "Whether the firewall is on."; };
      trustedInterfaces = mkOption { type = types.listOf types.str; default = [ ]; description = "Interfaces without a firewall."; };
      interfaces = mkOption { type = types.attrsOf (types.submodule { options = openings; }); default = { }; description = "Openings of one interface."; };
      extraCommands = mkOption { type = types.lines; default = ""; description = "Further rules."; };
    };
  };
}
