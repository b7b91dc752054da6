# Access from outside, for the virtual hosts that ask for it.
{ config, ... }:
let
  secret = name: config.sops.secrets."networking/cloudflare/${name}-credentials".path;
in
{
  modules.services.cloudflared = {
    enable = true;
    tunnels = {
      forge = {
        id = "00000000-0000-4000-8000-000000000001";
        credentialsFile = secret "forge";
      };
      # A domain that is not at Cloudflare.
      guests = {
        id = "00000000-0000-4000-8000-000000000002";
        credentialsFile = secret "guests";
        dnsRegistration.enable = false;
      };
    };
  };
  sops.secrets = {
    "networking/cloudflare/forge-credentials" = { };
    "networking/cloudflare/guests-credentials" = { };
  };
}
