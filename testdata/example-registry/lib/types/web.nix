# Virtual hosts.
{ lib }:
let
  inherit (lib) mkEnableOption mkOption types;

  sub = options: types.submodule { inherit options; };
  opt = type: default: description: mkOption { inherit type default description; };
  required = type: description: mkOption { inherit type description; };
  nullOr = types.nullOr;
  strs = types.listOf types.str;

  staticApiKey = sub {
    name = required types.str "Who has the key; appears in audit headers.";
    envVar = required types.str "Environment variable of Caddy that holds the key.";
    headerName = opt types.str "X-Api-Key" "Header that carries the key.";
    paths = opt (nullOr strs) null "Path prefixes the key is good for; null is all.";
    allowedNetworks = opt strs [ ] "Networks the key is good from; empty is all.";
    injectAuthHeader = opt types.bool true "Whether X-Auth-Source names the key to the backend.";
  };

  claimRole = sub {
    realm = opt (nullOr types.str) null "Realm, if not that of the portal.";
    claim = opt types.str "groups" "Claim that is looked at.";
    value = required types.str "Value the claim must have.";
    role = required types.str "Role that is granted.";
  };

  caddySecurity = sub {
    enable = mkEnableOption "single sign-on in front of the service";
    portal = opt types.str "pocketid" "Authentication portal.";
    policy = opt types.str "default" "Authorization policy.";
    claimRoles = opt (types.listOf claimRole) [ ] "Roles granted by claims.";
    bypassPaths = opt strs [ ] "Path prefixes without authentication.";
    bypassResources = opt strs [ ] "Regular expressions of paths without authentication.";
    allowedNetworks = opt strs [ ] "Networks that may use the bypass; empty is all.";
    requireCredentials = opt types.bool false "Whether credentials are asked for despite a session.";
    staticApiKeys = opt (types.listOf staticApiKey) [ ] "Keys for machines.";
  };

  backend = sub {
    scheme = opt (types.enum [ "http" "https" ]) "http" "Protocol of the backend.";
    host = opt types.str "127.0.0.1" "Address of the backend.";
    port = required types.port "Port of the backend.";
    tls = opt
      (sub {
        verify = opt types.bool true "Whether its certificate is verified.";
        sni = opt (nullOr types.str) null "Another server name.";
        caFile = opt (nullOr types.path) null "Certificate authority.";
      })
      { } "TLS towards the backend.";
  };

  security = sub {
    hsts = opt
      (sub {
        enable = opt types.bool true "Whether HSTS is sent.";
        maxAge = opt types.int 15552000 "Seconds it holds.";
        includeSubDomains = opt types.bool true "Whether it holds below.";
        preload = opt types.bool false "Whether it may be preloaded.";
      })
      { } "HTTP Strict Transport Security.";
    customHeaders = opt (types.attrsOf types.str) { } "Further response headers.";
  };

  basicAuth = sub {
    user = required types.str "Name of the user.";
    passwordHashEnvVar = required types.str "Environment variable with the bcrypt hash.";
  };
in
{
  # Shared with the virtual hosts of Caddy, which must take what services forward.
  caddySecuritySubmodule = caddySecurity;
  backendSubmodule = backend;
  securitySubmodule = security;
  basicAuthSubmodule = basicAuth;
  staticApiKeySubmodule = staticApiKey;

  reverseProxySubmodule = sub {
    enable = mkEnableOption "the virtual host of the service";
    hostName = required types.str "Full host name of the service.";
    backend = required backend "Where the service listens.";
    auth = opt (nullOr basicAuth) null "Basic authentication.";
    security = opt security { } "Response headers.";
    caddySecurity = opt (nullOr caddySecurity) null "Single sign-on in front of the service.";
    reverseProxyBlock = opt types.lines "" "Directives inside the reverse_proxy block.";
    extraConfig = opt types.lines "" "Directives of the virtual host.";
  };
}
