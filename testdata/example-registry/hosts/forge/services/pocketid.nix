# Pocket ID: who signs people in, and the policies by which they are let in.
{ config, lib, ... }:
let
  forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
  inherit (config.networking) domain;
  serviceDomain = "id.${domain}";
  serviceEnabled = config.modules.services.pocketid.enable or false;
  authUrl = "/caddy-security/oauth2/forge-pocketid";
  policy = role: { inherit authUrl; allowRoles = [ role ]; };
in
{
  config = lib.mkMerge [
    {
      modules.services.pocketid = {
        enable = true;
        publicUrl = "https://${serviceDomain}";
        encryptionKeyFile = config.sops.secrets."pocketid/encryption_key".path;
        reverseProxy = {
          enable = true;
          hostName = serviceDomain;
          backend.port = 1411;
          security.customHeaders = {
            "X-Frame-Options" = "DENY";
            "X-Content-Type-Options" = "nosniff";
          };
        };
        metrics = { enable = true; port = 9464; labels.service_type = "identity"; };
        backup = forgeDefaults.mkBackupWithTags "pocketid" [ "identity" "sqlite" ];
        preseed = forgeDefaults.mkPreseed [ "syncoid" "local" ];
      };
    }

    (lib.mkIf serviceEnabled {
      modules.storage.datasets.services.pocketid.protection = {
        class = "critical";
        objectives = { onsiteRpoSeconds = 3600; offsiteRpoSeconds = 86400; rtoSeconds = 14400; };
        requiredTiers = [ "local-snapshot" "replication" "nas-backup" "automated-restore" ];
        consistency = "application-consistent";
      };

      modules.backup.sanoid.datasets."tank/services/pocketid" = forgeDefaults.mkSanoidDataset "pocketid";

      modules.alerting.rules."pocketid-service-down" =
        forgeDefaults.mkSystemdServiceDownAlert "pocket-id" "PocketID" "identity provider";

      modules.services.caddy.virtualHosts.pocketid.cloudflare = {
        enable = true;
        tunnel = "forge";
      };

      modules.services.caddy.security = {
        enable = lib.mkDefault true;
        identityProviders.pocketid = {
          realm = "forge-pocketid";
          clientId = "caddy-security";
          clientSecretEnvVar = "CADDY_SECURITY_POCKETID_CLIENT_SECRET";
          scopes = [ "openid" "profile" "email" "groups" ];
          baseAuthUrl = "https://${serviceDomain}";
          metadataUrl = "https://${serviceDomain}/.well-known/openid-configuration";
        };
        authenticationPortals.pocketid = {
          identityProviders = [ "pocketid" ];
          cookie.domain = ".${domain}";
        };
        authorizationPolicies = {
          default = policy "authenticated";
          admins = policy "admins";
          media = policy "media";
          home = policy "home";
          lan-only = policy "automation";
        };
      };
    })
  ];
}
