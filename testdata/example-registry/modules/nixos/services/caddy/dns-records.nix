# Records that the virtual hosts of this host want.
{ config, lib, mylib, ... }:
{
  options.modules.services.caddy.dnsRecords = lib.mkOption {
    type = lib.types.listOf lib.types.attrs;
    readOnly = true;
    internal = true;
    default = mylib.dns.recordsOf config;
    defaultText = lib.literalMD "made of the virtual hosts";
    description = "DNS records.";
  };
}
