# Reverse proxy. Services declare virtual hosts; what a virtual host carries
# is what the Caddyfile says, so a setting not forwarded here does nothing.
{ config, lib, mylib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  sharedTypes = mylib.types;
  cfg = config.modules.services.caddy;
  render = import ./render.nix { inherit lib; };
  enabled = lib.filterAttrs (_: v: v.enable) cfg.virtualHosts;

  localUser = mkOption { type = types.bool; default = false; description = "Whether the local identity store is asked."; };
  storeAuth = { enable = localUser; portal = mkOption { type = types.str; default = "default"; description = "Portal."; }; realm = mkOption { type = types.str; default = "local"; description = "Realm."; }; };
in
{
  imports = [ ./dns-records.nix ];

  options.modules.services.caddy = {
    enable = lib.mkEnableOption "Caddy";
    package = mkOption { type = types.package; default = pkgs.caddy; description = "Package."; };
    domain = mkOption { type = types.str; default = config.networking.domain; defaultText = lib.literalExpression "config.networking.domain"; description = "Domain of virtual hosts."; };

    security = {
      enable = lib.mkEnableOption "single sign-on with caddy-security";
      identityProviders = mkOption {
        default = { };
        description = "Identity providers, by name.";
        type = types.attrsOf (types.submodule {
          options = {
            driver = mkOption { type = types.str; default = "generic"; description = "Driver."; };
            realm = mkOption { type = types.str; default = "default"; description = "Realm."; };
            clientId = mkOption { type = types.str; description = "Client."; };
            clientSecretEnvVar = mkOption { type = types.str; description = "Environment variable with the client's secret."; };
            scopes = mkOption { type = types.listOf types.str; default = [ "openid" "email" "profile" ]; description = "Scopes."; };
            baseAuthUrl = mkOption { type = types.str; description = "Address of the provider."; };
            metadataUrl = mkOption { type = types.str; description = "Address of its metadata."; };
            delayStart = mkOption { type = types.int; default = 3; description = "Seconds before it is asked."; };
            extraConfig = mkOption { type = types.lines; default = ""; description = "Further directives."; };
          };
        });
      };
      authenticationPortals = mkOption {
        default = { };
        description = "Portals, by name.";
        type = types.attrsOf (types.submodule {
          options = {
            identityProviders = mkOption { type = types.listOf types.str; default = [ ]; description = "Identity providers."; };
            identityStores = mkOption { type = types.listOf types.str; default = [ ]; description = "Local stores."; };
            tokenLifetime = mkOption { type = types.int; default = 86400; description = "Seconds a session lasts."; };
            cookie = {
              insecure = mkOption { type = types.bool; default = false; description = "Whether the cookie goes over HTTP."; };
              domain = mkOption { type = types.nullOr types.str; default = null; description = "Domain of the cookie."; };
            };
            extraConfig = mkOption { type = types.lines; default = ""; description = "Further directives."; };
          };
        });
      };
      authorizationPolicies = mkOption {
        default = { };
        description = "Policies, by name.";
        type = types.attrsOf (types.submodule {
          options = {
            authUrl = mkOption { type = types.str; default = "/caddy-security/oauth2/generic"; description = "Where one signs in."; };
            allowRoles = mkOption { type = types.listOf types.str; default = [ "authenticated" ]; description = "Roles that are let in."; };
            injectHeaders = mkOption { type = types.bool; default = true; description = "Whether the backend is told who it is."; };
            apiKeyAuth = storeAuth;
            basicAuth = storeAuth;
            extraConfig = mkOption { type = types.lines; default = ""; description = "Further directives."; };
          };
        });
      };
    };

    virtualHosts = mkOption {
      default = { };
      description = "Virtual hosts, by service.";
      type = types.attrsOf (types.submodule {
        options = {
          enable = lib.mkEnableOption "the virtual host";
          hostName = mkOption { type = types.str; description = "Full host name."; };
          backend = mkOption { type = types.nullOr sharedTypes.backendSubmodule; default = null; description = "Where the service listens."; };
          proxyTo = mkOption { type = types.nullOr types.str; default = null; description = "Address of the backend, the old way."; };
          handleOnly = mkOption { type = types.bool; default = false; description = "Whether nothing is proxied besides what extraConfig handles."; };
          httpsBackend = mkOption { type = types.bool; default = false; description = "Whether proxyTo is HTTPS."; };
          auth = mkOption { type = types.nullOr sharedTypes.basicAuthSubmodule; default = null; description = "Basic authentication."; };
          security = mkOption { type = sharedTypes.securitySubmodule; default = { }; description = "Response headers."; };
          caddySecurity = mkOption { type = types.nullOr sharedTypes.caddySecuritySubmodule; default = null; description = "Single sign-on."; };
          reverseProxyBlock = mkOption { type = types.lines; default = ""; description = "Directives inside the reverse_proxy block."; };
          extraConfig = mkOption { type = types.lines; default = ""; description = "Directives of the virtual host."; };
          cloudflare = {
            enable = lib.mkEnableOption "access through a Cloudflare tunnel";
            tunnel = mkOption { type = types.nullOr types.str; default = null; description = "Name of the tunnel."; };
            dns = {
              register = mkOption { type = types.bool; default = true; description = "Whether a record is made."; };
              zoneName = mkOption { type = types.nullOr types.str; default = null; description = "Zone."; };
              recordType = mkOption { type = types.enum [ "A" "CNAME" ]; default = "A"; description = "Type of the record."; };
              proxied = mkOption { type = types.bool; default = true; description = "Whether Cloudflare is in between."; };
              ttl = mkOption { type = types.int; default = 1; description = "Seconds it is cached."; };
              target = mkOption { type = types.nullOr types.str; default = null; description = "Another target."; };
              comment = mkOption { type = types.nullOr types.str; default = null; description = "Comment."; };
            };
          };
        };
      });
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = lib.mapAttrsToList
      (name: v: {
        assertion = v.caddySecurity == null || !v.caddySecurity.enable || cfg.security.enable;
        message = "Virtual host '${name}' wants caddySecurity, which is off.";
      })
      enabled;

    services.caddy = {
      enable = true;
      inherit (cfg) package;
      globalConfig = render.global cfg.security enabled;
      extraConfig = lib.concatStringsSep "\n" (lib.mapAttrsToList render.virtualHost enabled);
    };
  };
}
