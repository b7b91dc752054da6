# Submodules that the options of services share, so that what discovers
# metrics, backups or virtual hosts finds the same fields everywhere.
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

  metricsSubmodule = sub {
    enable = mkEnableOption "scraping by Prometheus";
    port = required types.port "Port of the metrics.";
    path = opt types.str "/metrics" "Path of the metrics.";
    interface = opt types.str "127.0.0.1" "Address of the metrics.";
    scrapeInterval = opt types.str "60s" "Time between scrapes.";
    scrapeTimeout = opt types.str "10s" "Time a scrape may take.";
    labels = opt (types.attrsOf types.str) { } "Labels of the target.";
    relabelConfigs = opt (types.listOf types.attrs) [ ] "Relabelling.";
  };

  loggingSubmodule = sub {
    enable = mkEnableOption "shipping logs to Loki";
    driver = opt (types.enum [ "journald" "json-file" "none" ]) "journald" "Log driver of the container.";
    logFiles = opt (types.listOf types.path) [ ] "Files to ship.";
    journalUnit = opt (nullOr types.str) null "Unit whose journal is shipped.";
    labels = opt (types.attrsOf types.str) { } "Labels of the stream.";
    parseFormat = opt (types.enum [ "json" "logfmt" "regex" "multiline" "none" ]) "none" "Format of a line.";
    regexConfig = opt (nullOr types.str) null "Regular expression of a line.";
    multilineConfig = opt
      (nullOr (sub {
        firstLineRegex = required types.str "How an entry begins.";
        maxWaitTime = opt types.str "3s" "How long further lines are waited for.";
      }))
      null "Entries of several lines.";
  };

  datasetSubmodule = sub {
    recordsize = opt types.str "128K" "Record size.";
    compression = opt (types.enum [ "on" "off" "lz4" "zstd" "gzip" "zle" ]) "lz4" "Compression.";
    properties = opt (types.attrsOf types.str) { } "Further properties.";
    mountpoint = opt (nullOr types.str) null "Mount point, if not the data directory.";
    owner = opt types.str "root" "Owner of the mount point.";
    group = opt types.str "root" "Group of the mount point.";
    mode = opt types.str "0750" "Permissions of the mount point.";
  };

  healthcheckSubmodule = sub {
    enable = mkEnableOption "a health check of the container";
    interval = opt types.str "30s" "Time between checks.";
    timeout = opt types.str "10s" "Time a check may take.";
    retries = opt types.int 3 "Failures until it is unhealthy.";
    startPeriod = opt types.str "300s" "Time in which failures do not count.";
    command = opt (nullOr types.str) null "Another command.";
  };

  backupSubmodule = sub {
    enable = mkEnableOption "backups of the service";
    repository = required types.str "Repository of the backups.";
    paths = opt strs [ ] "Paths; empty is the data directory.";
    frequency = opt (types.enum [ "hourly" "daily" "weekly" ]) "daily" "How often.";
    retention = opt
      (sub {
        daily = opt types.int 7 "Daily backups kept.";
        weekly = opt types.int 4 "Weekly backups kept.";
        monthly = opt types.int 6 "Monthly backups kept.";
      })
      { } "How many are kept.";
    preBackupScript = opt (nullOr types.lines) null "Commands before.";
    postBackupScript = opt (nullOr types.lines) null "Commands after.";
    excludePatterns = opt strs [ "**/.cache" "**/cache" "**/*.tmp" "**/*.log" ] "What is left out.";
    tags = opt strs [ ] "Tags of the backups.";
    useSnapshots = opt types.bool false "Whether a snapshot is backed up instead of live files.";
    zfsDataset = opt (nullOr types.str) null "Dataset of the snapshot.";
  };

  notificationSubmodule = sub {
    enable = mkEnableOption "notifications about the service";
    channels = opt
      (sub {
        onFailure = opt strs [ ] "Channels for failures.";
        onSuccess = opt strs [ ] "Channels for successes.";
        onBackup = opt strs [ ] "Channels for backups.";
        onHealthCheck = opt strs [ ] "Channels for health checks.";
      })
      { } "Who is told.";
    customMessages = opt (types.attrsOf types.str) { } "Messages.";
    escalation = opt
      (nullOr (sub {
        afterMinutes = opt types.int 15 "Minutes until others are told.";
        channels = opt strs [ ] "Who is told then.";
      }))
      null "Escalation.";
  };

  # Podman gets the first three; the others are for units.
  containerResourcesSubmodule = sub {
    memory = required types.str "Memory limit.";
    memoryReservation = opt (nullOr types.str) null "Soft memory limit.";
    cpus = opt (nullOr types.str) null "CPU limit in cores.";
    cpuQuota = opt (nullOr types.str) null "CPU limit in percent.";
    oomKillDisable = opt types.bool false "Whether it is spared when memory runs out.";
    swap = opt (nullOr types.str) null "Swap limit.";
  };

  systemdResourcesSubmodule = sub {
    MemoryMax = required types.str "Memory limit.";
    MemoryReservation = opt (nullOr types.str) null "Soft memory limit.";
    CPUQuota = opt (nullOr types.str) null "CPU limit in percent.";
    CPUWeight = opt (nullOr types.int) null "Share of the CPU.";
    IOWeight = opt (nullOr types.int) null "Share of input and output.";
  };
}
