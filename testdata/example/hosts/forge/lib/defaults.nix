# What the services of forge share:
#   forgeDefaults = import ../lib/defaults.nix { inherit config lib; };
{ config, lib }:
let
  resticEnabled =
    (config.modules.services.backup.enable or false)
    && (config.modules.services.backup.restic.enable or false);

  repository = "nas-primary";
  datasetOf = serviceName: "tank/services/${serviceName}";

  preseedWith = restoreMethods: lib.mkIf resticEnabled {
    enable = true;
    repositoryUrl = "/mnt/nas-backup";
    passwordFile = config.sops.secrets."restic/password".path;
    inherit restoreMethods;
  };

  policyFor = policy: group: role: {
    enable = true;
    portal = "pocketid";
    inherit policy;
    claimRoles = [{ claim = "groups"; value = group; inherit role; }];
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
  };
in
{
  podmanNetwork = "media-services";

  # --- backups

  # Live files; prefer a snapshot for what has a database.
  backup = { enable = true; inherit repository; };

  mkBackupWithSnapshots = serviceName: {
    enable = true;
    inherit repository;
    useSnapshots = true;
    zfsDataset = datasetOf serviceName;
  };

  mkBackupWithTags = serviceName: tags: {
    enable = true;
    inherit repository tags;
    useSnapshots = true;
    zfsDataset = datasetOf serviceName;
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

  # --- restores: restic is left out, restoring from offsite is decided by hand

  preseed = preseedWith [ "syncoid" "local" ];
  mkPreseed = preseedWith;

  # --- single sign-on: policies are declared in services/pocketid.nix

  caddySecurity = {
    media = policyFor "media" "media" "media";
    admin = policyFor "admins" "admin" "admins";
    home = policyFor "home" "home" "home";
  };

  mkStaticApiKey = name: envVar: {
    inherit name envVar;
    headerName = "X-Api-Key";
    paths = null;
    allowedNetworks = [ ];
    injectAuthHeader = true;
  };
  mkStaticApiKeyWithPaths = name: envVar: paths: {
    inherit name envVar paths;
    headerName = "X-Api-Key";
    allowedNetworks = [ ];
    injectAuthHeader = true;
  };
  mkStaticApiKeyWithNetworks = name: envVar: allowedNetworks: {
    inherit name envVar allowedNetworks;
    headerName = "X-Api-Key";
    paths = null;
    injectAuthHeader = true;
  };
  mkStaticApiKeyFull = { name, envVar, headerName ? "X-Api-Key", paths ? null, allowedNetworks ? [ ], injectAuthHeader ? true }: {
    inherit name envVar headerName paths allowedNetworks injectAuthHeader;
  };

  # --- snapshots and replication

  mkSanoidDataset = serviceName: {
    useTemplate = [ "services" ];
    recursive = false;
    autosnap = true;
    autoprune = true;
    replication = {
      targetHost = "nas-1.${config.networking.domain}";
      targetDataset = "backup/forge/zfs-recv/${serviceName}";
      sendOptions = "wp";
      recvOptions = "u";
      hostKey = "nas-1.${config.networking.domain} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEX";
      targetName = "NFS";
      targetLocation = "nas-1";
    };
  };

  # --- alerts

  # A container: its state comes from a collector of podman-* units.
  mkServiceDownAlert = serviceName: displayName: description: serviceDown {
    inherit displayName description;
    expr = ''container_service_active{name="${serviceName}"} == 0'';
    unit = "podman-${serviceName}.service";
    service = serviceName;
  };

  # Any other unit, without its suffix.
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
