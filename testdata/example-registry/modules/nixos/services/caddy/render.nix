# The Caddyfile as text.
{ lib }:
let
  inherit (lib) concatMapStrings concatStringsSep mapAttrsToList optionalString;
  indent = text: concatStringsSep "\n" (map (l: if l == "" then l else "  ${l}") (lib.splitString "\n" text));
  block = head: body:
    let inside = lib.removeSuffix "\n" body; in
    if inside == "" then "${head}\n" else "${lib.optionalString (head != "") "${head} "}{\n${indent inside}\n}\n";
  environment = name: "{$" + name + "}";

  matcher = kind: values: optionalString (values != [ ]) "${kind} ${concatStringsSep " " values}\n";

  address = name: v:
    if v.backend != null then "${v.backend.scheme}://${v.backend.host}:${toString v.backend.port}"
    else if v.proxyTo != null then "http${optionalString v.httpsBackend "s"}://${v.proxyTo}"
    else throw "modules.services.caddy.virtualHosts.${name} has neither backend nor proxyTo";

  headers = v:
    let
      inherit (v.security) hsts;
      all = v.security.customHeaders // lib.optionalAttrs hsts.enable {
        Strict-Transport-Security = "max-age=${toString hsts.maxAge}"
          + optionalString hsts.includeSubDomains "; includeSubDomains"
          + optionalString hsts.preload "; preload";
      };
    in
    optionalString (all != { }) (block "header" (concatStringsSep "\n" (mapAttrsToList (k: x: ''${k} "${x}"'') all)));

  proxy = name: v: lib.optionalString (!v.handleOnly) (block "reverse_proxy ${address name v}" (
    optionalString (v.backend != null && v.backend.scheme == "https" && !v.backend.tls.verify) "transport http {\n  tls_insecure_skip_verify\n}\n"
    + v.reverseProxyBlock
  ));

  apiKey = name: v: key: block "@key_${key.name}"
    (
      "header ${key.headerName} ${environment key.envVar}\n"
        + matcher "path" (map (p: "${p}*") (if key.paths == null then [ ] else key.paths))
        + matcher "remote_ip" key.allowedNetworks
    ) + block "handle @key_${key.name}" (
    optionalString key.injectAuthHeader "request_header X-Auth-Source ${key.name}\n" + proxy name v
  );

  protected = name: v:
    let s = v.caddySecurity; in
    concatMapStrings (apiKey name v) s.staticApiKeys
    + optionalString (s.bypassPaths != [ ] || s.bypassResources != [ ]) (
      block "@bypass"
        (
          matcher "path" (map (p: "${p}*") s.bypassPaths)
          + concatMapStrings (r: "path_regexp ${r}\n") s.bypassResources
          + matcher "remote_ip" s.allowedNetworks
        ) + block "handle @bypass" (proxy name v)
    )
    + block "handle /caddy-security/*" "authenticate with ${s.portal}"
    + block "handle" ("authorize with ${s.policy}\n" + proxy name v);
in
{
  virtualHost = name: v: block v.hostName (
    headers v
    + optionalString (v.auth != null) (block "basic_auth" "${v.auth.user} ${environment v.auth.passwordHashEnvVar}")
    + optionalString (v.extraConfig != "") "${lib.removeSuffix "\n" v.extraConfig}\n"
    + (if v.caddySecurity != null && v.caddySecurity.enable then protected name v else proxy name v)
  );

  global = security: virtualHosts:
    let
      grants = portal: lib.unique (lib.concatMap
        (v:
          let s = v.caddySecurity; in
          lib.optionals (s != null && s.enable && s.portal == portal) (map
            (r: block "transform user" (
              optionalString (r.realm != null) "match realm ${r.realm}\n"
              + "match ${r.claim} ${r.value}\naction add role ${r.role}\n"
            ))
            s.claimRoles))
        (lib.attrValues virtualHosts));
      provider = name: p: block "oauth identity provider ${name}" ''
        realm ${p.realm}
        driver ${p.driver}
        client_id ${p.clientId}
        client_secret ${environment p.clientSecretEnvVar}
        scopes ${concatStringsSep " " p.scopes}
        base_auth_url ${p.baseAuthUrl}
        metadata_url ${p.metadataUrl}
        delay_start ${toString p.delayStart}
        ${p.extraConfig}'';
      portal = name: p: block "authentication portal ${name}" (
        "crypto default token lifetime ${toString p.tokenLifetime}\n"
        + concatMapStrings (x: "enable identity provider ${x}\n") p.identityProviders
        + optionalString (p.cookie.domain != null) "cookie domain ${p.cookie.domain}\n"
        + optionalString (p.extraConfig != "") "${lib.removeSuffix "\n" p.extraConfig}\n"
        + concatStringsSep "" (grants name)
      );
      policy = name: p: block "authorization policy ${name}" (
        "set auth url ${p.authUrl}\nallow roles ${concatStringsSep " " p.allowRoles}\n"
        + optionalString p.injectHeaders "inject headers with claims\n"
        + optionalString p.apiKeyAuth.enable "with api key auth portal ${p.apiKeyAuth.portal} realm ${p.apiKeyAuth.realm}\n"
        + p.extraConfig
      );
    in
    optionalString security.enable (block "" ("order authenticate before respond\n" + block "security" (
      concatStringsSep "" (
        mapAttrsToList provider security.identityProviders
          ++ mapAttrsToList portal security.authenticationPortals
          ++ mapAttrsToList policy security.authorizationPolicies
      )
    )));
}
