# What the services of a host share, made from what the host says of itself:
#   import ../../../lib/host-defaults.nix { inherit config lib; hostConfig = { ... }; }
{ config, lib, hostConfig }:
let
  inherit (hostConfig) servicesDataset;
  replication = hostConfig.replication or null;
  backupConfig = hostConfig.backup;
  resticEnabled =
    (config.modules.services.backup.enable or false)
    && (config.modules.services.backup.restic.enable or false);

  preseedWith = restoreMethods: lib.mkIf resticEnabled {
    enable = true;
    repositoryUrl = backupConfig.mountPath;
    passwordFile = config.sops.secrets.${backupConfig.passwordSecret}.path;
    inherit restoreMethods;
  };

  policyFor = policy: group: role: {
    enable = true;
    portal = "pocketid";
    inherit policy;
    claimRoles = [{ claim = "groups"; value = group; inherit role; }];
  };

  staticApiKey = name: envVar: {
    inherit name envVar;
    headerName = "X-Api-Key";
    paths = null;
    allowedNetworks = [ ];
    injectAuthHeader = true;
  };

  serviceDown = { displayName, description, expr, unit, service }: {
    type = "promql";
    alertname = "${displayName}ServiceDown";
    inherit expr;
    for = "2m";
    severity = "high";
    labels = { inherit service; category = "availability"; };
    annotations = {
      summary = "${displayName} is down on {{ $labels.instance }}";
      description = "${displayName} (${description}) is not active.";
      command = "systemctl status ${unit}";
    };
    restartChurn = { inherit unit displayName description; };
  };
in
{
  inherit (hostConfig.impermanence) persistPath;
  inherit (hostConfig) impermanence podmanNetwork;
  inherit replication;

  backup = { enable = true; inherit (backupConfig) repository; };
  mkBackupWithSnapshots = serviceName: {
    enable = true;
    inherit (backupConfig) repository;
    useSnapshots = true;
    zfsDataset = "${servicesDataset}/${serviceName}";
  };
  mkBackupWithTags = serviceName: tags: {
    enable = true;
    inherit (backupConfig) repository;
    inherit tags;
    useSnapshots = true;
    zfsDataset = "${servicesDataset}/${serviceName}";
    frequency = "daily";
  };
  backupTags = {
    media = [ "media" "arr-services" ];
    iptv = [ "iptv" "streaming" ];
    home = [ "home-automation" ];
    infrastructure = [ "infrastructure" "critical" ];
    database = [ "database" "postgresql" ];
    monitoring = [ "monitoring" "observability" ];
    downloads = [ "downloads" "usenet" "torrents" ];
  };

  preseed = preseedWith [ "syncoid" "local" ];
  mkPreseed = preseedWith;

  caddySecurity = {
    media = policyFor "media" "media" "media";
    mediaWithApiBypass = policyFor "media" "media" "media" // { bypassPaths = [ "/api" "/feed" "/ping" ]; };
    admin = policyFor "admins" "admin" "admins";
    home = policyFor "home" "home" "home";
  };

  mkStaticApiKey = staticApiKey;
  mkStaticApiKeyWithPaths = name: envVar: paths: staticApiKey name envVar // { inherit paths; };
  mkStaticApiKeyWithNetworks = name: envVar: allowedNetworks: staticApiKey name envVar // { inherit allowedNetworks; };
  mkStaticApiKeyFull = { name, envVar, headerName ? "X-Api-Key", paths ? null, allowedNetworks ? [ ], injectAuthHeader ? true }: {
    inherit name envVar headerName paths allowedNetworks injectAuthHeader;
  };

  mkSanoidDataset = serviceName: {
    useTemplate = [ "services" ];
    recursive = false;
    autosnap = true;
    autoprune = true;
  } // lib.optionalAttrs (replication != null) {
    replication = replication // { targetDataset = "${replication.targetDataset}/${serviceName}"; };
  };

  mkServiceDownAlert = serviceName: displayName: description: serviceDown {
    inherit displayName description;
    expr = ''container_service_active{name="${serviceName}"} == 0'';
    unit = "podman-${serviceName}.service";
    service = serviceName;
  };
  mkSystemdServiceDownAlert = unitName: displayName: description: serviceDown {
    inherit displayName description;
    expr = ''node_systemd_unit_state{name="${unitName}.service",state="active"} == 0'';
    unit = "${unitName}.service";
    service = unitName;
  };
  mkHealthcheckStaleAlert = serviceName: displayName: seconds: {
    type = "promql";
    alertname = "${displayName}HealthcheckStale";
    expr = "time() - ${lib.replaceStrings [ "-" ] [ "_" ] serviceName}_last_check_timestamp > ${toString seconds}";
    for = "2m";
    severity = "high";
    labels = { service = serviceName; category = "availability"; };
    annotations = {
      summary = "${displayName} is not checked on {{ $labels.instance }}";
      description = "No check for ${toString (seconds / 60)} minutes.";
    };
  };
}
