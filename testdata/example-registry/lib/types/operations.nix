# Metrics, logs, data, backups, notifications, limits.
{ lib }:
let
  inherit (lib) mkEnableOption mkOption types;

  sub = options: types.submodule { inherit options; };
  opt = type: default: description: mkOption { inherit type default description; };
  required = type: description: mkOption { inherit type description; };
  nullOr = types.nullOr;
  strs = types.listOf types.str;
in
{
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
    startupInterval = opt types.str "10s" "Time between checks while it starts.";
    startupRetries = opt types.int 0 "Failures allowed while it starts; 0 for no such check.";
    startupTimeout = opt types.str "10s" "Time such a check may take.";
    onFailure = opt (types.enum [ "none" "kill" "restart" "stop" ]) "kill" "What an unhealthy container meets.";
    command = opt (nullOr types.str) null "Another command.";
  };

  backupSubmodule = sub {
    enable = mkEnableOption "backups of the service";
    repository = required types.str "Repository of the backups.";
    paths = opt strs [ ] "Paths; empty is the data directory.";
    frequency = opt (types.enum [ "hourly" "daily" "weekly" ]) "daily" "How often.";
    resources = opt
      (sub {
        memory = opt types.str "512M" "Memory limit.";
        memoryReservation = opt types.str "256M" "Soft memory limit.";
        cpus = opt types.str "1.0" "CPU limit in cores.";
      })
      { } "Limits of the job.";
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
